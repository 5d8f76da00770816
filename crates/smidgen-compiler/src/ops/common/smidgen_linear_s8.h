/* Quantised functions of int8 that are linear up to rounding. */
#ifndef SMIDGEN_LINEAR_S8_H
#define SMIDGEN_LINEAR_S8_H

#include "smidgen_broadcast.h"

/* y = low + clamp((x * factor + offset) >> shift, 0, high - low). In place where y == x. */
SMIDGEN_INLINE void smidgen_linear_s8(const int8_t *x, int8_t *y, int32_t length, int32_t factor,
                                      int32_t offset, int32_t shift, int32_t low, int32_t high) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_narrow_s8((offset + x[i] * factor) >> shift, low, high);
    }
}

/* y = low + clamp((a * factor_a + b * factor_b + offset) >> shift, 0, high - low). In place
   where y == a or y == b. */
SMIDGEN_INLINE void smidgen_linear2_s8(const int8_t *a, const int8_t *b, int8_t *y,
                                       const int32_t *axes, int32_t rank, int32_t length,
                                       int32_t step_a, int32_t step_b, int32_t factor_a,
                                       int32_t factor_b, int32_t offset, int32_t shift,
                                       int32_t low, int32_t high) {
    smidgen_rows rows = {0};
    do {
        const int8_t *p = a + rows.a, *q = b + rows.b;
        for (int32_t i = 0; i < length; i++) {
            const int32_t sum = offset + *p * factor_a + *q * factor_b;
            *y++ = smidgen_narrow_s8(sum >> shift, low, high);
            p += step_a;
            q += step_b;
        }
    } while (smidgen_next_row(&rows, axes, rank));
}

#endif
