/* Reductions of integers. */
#ifndef SMIDGEN_REDUCE_H
#define SMIDGEN_REDUCE_H

#include "smidgen_broadcast.h"

/* How two numbers become one. */
enum {
    SMIDGEN_REDUCE_ADD = 0,
    SMIDGEN_REDUCE_MULTIPLY = 1,
    SMIDGEN_REDUCE_MAX = 2,
    SMIDGEN_REDUCE_MIN = 3
};

/* An element of `bytes` bytes; truth values are bytes of 0 and 1. */
SMIDGEN_INLINE int32_t smidgen_integer(const void *x, int32_t index, int32_t bytes) {
    return bytes == 1   ? ((const int8_t *)x)[index]
           : bytes == 2 ? ((const int16_t *)x)[index]
                        : ((const int32_t *)x)[index];
}

SMIDGEN_INLINE void smidgen_set_integer(void *y, int32_t index, int32_t bytes, int32_t value) {
    if (bytes == 1) {
        ((int8_t *)y)[index] = (int8_t)value;
    } else if (bytes == 2) {
        ((int16_t *)y)[index] = (int16_t)value;
    } else {
        ((int32_t *)y)[index] = value;
    }
}

/* The elements from `first` on: `count` of them at distances of `step`, again for every row of the
   axes `over`. Sums and products wrap. */
SMIDGEN_INLINE int32_t smidgen_reduce_integers(const void *x, int32_t first, int32_t bytes,
                                               int32_t combine, const int32_t *over,
                                               int32_t over_rank, int32_t count, int32_t step) {
    uint32_t total = combine == SMIDGEN_REDUCE_ADD        ? 0u
                     : combine == SMIDGEN_REDUCE_MULTIPLY ? 1u
                     : combine == SMIDGEN_REDUCE_MAX      ? 0x80000000u
                                                          : 0x7fffffffu;
    smidgen_rows rows = {0};
    do {
        int32_t at = first + rows.a;
        for (int32_t i = 0; i < count; i++) {
            const int32_t element = smidgen_integer(x, at, bytes);
            if (combine == SMIDGEN_REDUCE_ADD) {
                total += (uint32_t)element;
            } else if (combine == SMIDGEN_REDUCE_MULTIPLY) {
                total *= (uint32_t)element;
            } else if ((combine == SMIDGEN_REDUCE_MAX) == (element > (int32_t)total)) {
                total = (uint32_t)element;
            }
            at += step;
        }
    } while (smidgen_next_row(&rows, over, over_rank, 2));
    return (int32_t)total;
}

/* `length` outputs at distances of `step` in the input, again for every row of `axes`. */
SMIDGEN_INLINE void smidgen_reduce(const void *restrict x, void *restrict y, const int32_t *axes,
                                   int32_t rank, int32_t length, int32_t step,
                                   const int32_t *over, int32_t over_rank, int32_t count,
                                   int32_t over_step, int32_t bytes, int32_t combine) {
    smidgen_rows rows = {0};
    int32_t output = 0;
    do {
        for (int32_t i = 0; i < length; i++) {
            const int32_t total =
                smidgen_reduce_integers(x, rows.a + i * step, bytes, combine, over, over_rank,
                                        count, over_step);
            smidgen_set_integer(y, output++, bytes, total);
        }
    } while (smidgen_next_row(&rows, axes, rank, 2));
}

#endif
