/* Squared differences of two tensors. */
#ifndef SMIDGEN_SQUARED_DIFFERENCE_H
#define SMIDGEN_SQUARED_DIFFERENCE_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* (p * 2^headroom * multiplier_a - the same of q)^2 * multiplier */
SMIDGEN_INLINE int32_t smidgen_scaled_square(int32_t p, int32_t q, int32_t headroom,
                                             int32_t multiplier_a, int32_t shift_a,
                                             int32_t multiplier_b, int32_t shift_b,
                                             int32_t multiplier, int32_t shift) {
    const int32_t left = smidgen_scale_down(p * (1 << headroom), multiplier_a, shift_a);
    const int32_t right = smidgen_scale_down(q * (1 << headroom), multiplier_b, shift_b);
    return smidgen_requantise((left - right) * (left - right), multiplier, shift);
}

#define SMIDGEN_QUANTISED_SQUARED_DIFFERENCE(suffix, T, headroom)                                  \
    SMIDGEN_INLINE void smidgen_squared_difference_##suffix(                                       \
        SMIDGEN_PAIRS(T, T, T), int32_t zero_a, int32_t zero_b, int32_t multiplier_a,              \
        int32_t shift_a, int32_t multiplier_b, int32_t shift_b, int32_t multiplier, int32_t shift, \
        int32_t zero_point, int32_t low, int32_t high) {                                           \
        SMIDGEN_FOR_PAIRS(                                                                         \
            T, T, T,                                                                               \
            smidgen_clamp(smidgen_wrapping_sum(                                                    \
                              smidgen_scaled_square(p - zero_a, q - zero_b, headroom,              \
                                                    multiplier_a, shift_a, multiplier_b, shift_b,  \
                                                    multiplier, shift),                            \
                              zero_point),                                                         \
                          low, high))                                                              \
    }
SMIDGEN_QUANTISED_SQUARED_DIFFERENCE(s8, int8_t, 7)
SMIDGEN_QUANTISED_SQUARED_DIFFERENCE(s16, int16_t, 0)

SMIDGEN_INLINE int32_t smidgen_squared_s32(uint32_t difference) {
    return (int32_t)(difference * difference);
}
SMIDGEN_PAIR_FUNCTION(smidgen_squared_difference_s32, int32_t, int32_t,
                      smidgen_squared_s32((uint32_t)p - (uint32_t)q))

SMIDGEN_PAIR_FUNCTION(smidgen_squared_difference_f32, float, float, (p - q) * (p - q))

#endif
