/* Comparisons of two tensors; the results are 0 and 1. */
#ifndef SMIDGEN_COMPARE_H
#define SMIDGEN_COMPARE_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* A quantised number with 8 more bits, scaled. */
SMIDGEN_INLINE int32_t smidgen_comparable(int32_t x, int32_t multiplier, int32_t shift) {
    return smidgen_scale_down(x * 256, multiplier, shift);
}

/* A comparison of numbers as they are stored. */
#define SMIDGEN_COMPARISON_OF(name, suffix, T, operator)                                           \
    SMIDGEN_PAIR_FUNCTION(smidgen_##name##_##suffix, T, uint8_t, p operator q)

/* A comparison of quantised numbers of different scales. */
#define SMIDGEN_SCALED_COMPARISON_OF(name, suffix, T, operator)                                    \
    SMIDGEN_INLINE void smidgen_scaled_##name##_##suffix(                                          \
        SMIDGEN_PAIRS(T, T, uint8_t), int32_t zero_a, int32_t zero_b, int32_t multiplier_a,        \
        int32_t shift_a, int32_t multiplier_b, int32_t shift_b) {                                  \
        SMIDGEN_FOR_PAIRS(T, T, uint8_t,                                                           \
                          smidgen_comparable(p - zero_a, multiplier_a, shift_a)                    \
                              operator smidgen_comparable(q - zero_b, multiplier_b, shift_b))      \
    }

#define SMIDGEN_COMPARISON(name, operator)                                                         \
    SMIDGEN_COMPARISON_OF(name, s8, int8_t, operator)                                              \
    SMIDGEN_COMPARISON_OF(name, u8, uint8_t, operator)                                             \
    SMIDGEN_COMPARISON_OF(name, s16, int16_t, operator)                                            \
    SMIDGEN_COMPARISON_OF(name, s32, int32_t, operator)                                            \
    SMIDGEN_COMPARISON_OF(name, s64, int64_t, operator)                                            \
    SMIDGEN_COMPARISON_OF(name, f32, float, operator)                                              \
    SMIDGEN_SCALED_COMPARISON_OF(name, s8, int8_t, operator)                                       \
    SMIDGEN_SCALED_COMPARISON_OF(name, s16, int16_t, operator)

SMIDGEN_COMPARISON(equal, ==)
SMIDGEN_COMPARISON(not_equal, !=)
SMIDGEN_COMPARISON(greater, >)
SMIDGEN_COMPARISON(greater_equal, >=)
SMIDGEN_COMPARISON(less, <)
SMIDGEN_COMPARISON(less_equal, <=)

#endif
