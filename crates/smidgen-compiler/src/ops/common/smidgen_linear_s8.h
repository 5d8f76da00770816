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

/* y = low + clamp((a * factor_a + b * factor_b + offset) >> shift, 0, high - low). */
SMIDGEN_INLINE void smidgen_linear2_s8(SMIDGEN_PAIRS(int8_t, int8_t, int8_t), int32_t factor_a,
                                       int32_t factor_b, int32_t offset, int32_t shift,
                                       int32_t low, int32_t high) {
    SMIDGEN_FOR_PAIRS(int8_t, int8_t, int8_t,
                      smidgen_narrow_s8((offset + p * factor_a + q * factor_b) >> shift, low, high))
}

#endif
