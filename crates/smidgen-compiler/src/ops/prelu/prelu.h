/* Rectifiers whose slope for negative numbers is a tensor. */
#ifndef SMIDGEN_PRELU_H
#define SMIDGEN_PRELU_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* p where it is not negative, else p * q, scaled. */
SMIDGEN_INLINE int32_t smidgen_rectified(int32_t p, int32_t q, int32_t multiplier, int32_t shift,
                                         int32_t slope_multiplier, int32_t slope_shift) {
    return p >= 0 ? smidgen_requantise(p, multiplier, shift)
                  : smidgen_requantise(p * q, slope_multiplier, slope_shift);
}

/* Slopes are int8. */
#define SMIDGEN_QUANTISED_PRELU(suffix, T, low, high)                                              \
    SMIDGEN_INLINE void smidgen_prelu_##suffix(                                                    \
        SMIDGEN_PAIRS(T, int8_t, T), int32_t zero_a, int32_t zero_b, int32_t multiplier,           \
        int32_t shift, int32_t slope_multiplier, int32_t slope_shift, int32_t zero_point) {        \
        SMIDGEN_FOR_PAIRS(                                                                         \
            T, int8_t, T,                                                                          \
            smidgen_clamp(smidgen_wrapping_sum(smidgen_rectified(p - zero_a, q - zero_b,           \
                                                                 multiplier, shift,                \
                                                                 slope_multiplier, slope_shift),   \
                                               zero_point),                                        \
                          low, high))                                                              \
    }
SMIDGEN_QUANTISED_PRELU(s8, int8_t, INT8_MIN, INT8_MAX)
SMIDGEN_QUANTISED_PRELU(s16, int16_t, INT16_MIN, INT16_MAX)

SMIDGEN_PAIR_FUNCTION(smidgen_prelu_f32, float, float, p >= 0.0f ? p : p * q)

#endif
