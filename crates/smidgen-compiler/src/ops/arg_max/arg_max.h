/* Where the greatest or least element of a line stands. */
#ifndef SMIDGEN_ARG_MAX_H
#define SMIDGEN_ARG_MAX_H

#include "smidgen_order.h"

/* The first of equal elements along the middle axis of x. */
SMIDGEN_INLINE void smidgen_arg_max(const void *restrict x, void *restrict y, int32_t outer,
                                    int32_t length, int32_t inner, int32_t type, int32_t least,
                                    int32_t index_bytes) {
    int32_t output = 0;
    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < inner; i++) {
            const int32_t first = o * length * inner + i;
            int32_t best = first;
            int32_t index = 0;
            for (int32_t k = 1; k < length; k++) {
                const int32_t at = first + k * inner;
                if (least ? smidgen_exceeds(x, best, at, type)
                          : smidgen_exceeds(x, at, best, type)) {
                    best = at;
                    index = k;
                }
            }
            smidgen_set_index(y, output++, index_bytes, index);
        }
    }
}

#endif
