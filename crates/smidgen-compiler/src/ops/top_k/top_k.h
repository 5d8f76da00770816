/* The greatest elements of lines. */
#ifndef SMIDGEN_TOP_K_H
#define SMIDGEN_TOP_K_H

#include "smidgen_order.h"

/* Each element is inserted before the smaller ones of the k best so far. */
SMIDGEN_INLINE void smidgen_top_k(const void *restrict x, void *restrict values,
                                  void *restrict indices, int32_t rows, int32_t length, int32_t k,
                                  int32_t type, int32_t bytes, int32_t index_bytes) {
    for (int32_t row = 0; row < rows; row++) {
        const int32_t first = row * length, top = row * k;
        for (int32_t i = 0; i < length; i++) {
            int32_t place = i < k ? i : k;
            while (place > 0) {
                const int32_t other = smidgen_selected(indices, top + place - 1, index_bytes);
                if (!smidgen_exceeds(x, first + i, first + other, type)) {
                    break;
                }
                if (place < k) {
                    smidgen_set_index(indices, top + place, index_bytes, other);
                }
                place--;
            }
            if (place < k) {
                smidgen_set_index(indices, top + place, index_bytes, i);
            }
        }
        for (int32_t i = 0; i < k; i++) {
            const int32_t from = first + smidgen_selected(indices, top + i, index_bytes);
            smidgen_copy_bytes((const uint8_t *)x + from * bytes,
                               (uint8_t *)values + (top + i) * bytes, bytes);
        }
    }
}

#endif
