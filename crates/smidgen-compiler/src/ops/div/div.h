/* Quotients of two tensors. */
#ifndef SMIDGEN_DIV_H
#define SMIDGEN_DIV_H

#include "smidgen_broadcast.h"
#include "smidgen_fixed_math.h"
#include "smidgen_requantise.h"

/* x / y * multiplier * 2^(shift - 31) in fixed point; 0 if y is 0. */
SMIDGEN_INLINE int32_t smidgen_quotient(int32_t x, int32_t y, int32_t multiplier, int32_t shift) {
    if (x == 0 || y == 0) {
        return 0;
    }
    const int32_t dividend = y < 0 ? -x : x;
    /* Both with their highest bits in place: divisor / 2^31 is from 1 to 2. */
    uint32_t divisor = (uint32_t)(y < 0 ? -y : y);
    for (; divisor < 0x80000000u; divisor *= 2) {
        shift++;
    }
    int32_t scaled = dividend;
    for (; scaled < 1 << 30 && scaled >= -(1 << 30); scaled *= 2) {
        shift--;
    }
    const int32_t inverse = smidgen_one_over_one_plus_q31((int32_t)(divisor - 0x80000000u));
    const int32_t quotient =
        smidgen_multiply_q31(smidgen_multiply_q31(scaled, inverse), multiplier);
    shift -= 31;
    if (shift > 0) {
        return quotient > 0 ? INT32_MAX : quotient < 0 ? INT32_MIN : 0;
    }
    if (shift < -31) {
        return 0;
    }
    const int64_t half = ((int64_t)1 << -shift) >> 1;
    return (int32_t)((quotient + half - (shift < 0 && quotient < 0 ? 1 : 0)) >> -shift);
}

#define SMIDGEN_QUANTISED_DIV(suffix, T)                                                           \
    SMIDGEN_INLINE void smidgen_div_##suffix(SMIDGEN_PAIRS(T, T, T), int32_t zero_a,               \
                                             int32_t zero_b, int32_t multiplier, int32_t shift,    \
                                             int32_t zero_point, int32_t low, int32_t high) {      \
        SMIDGEN_FOR_PAIRS(T, T, T,                                                                 \
                          smidgen_clamp(smidgen_wrapping_sum(smidgen_quotient(p - zero_a,          \
                                                                              q - zero_b,          \
                                                                              multiplier, shift),  \
                                                             zero_point),                          \
                                        low, high))                                                \
    }
SMIDGEN_QUANTISED_DIV(s8, int8_t)
SMIDGEN_QUANTISED_DIV(s16, int16_t)

/* A division by 0 gives 0, an overflow wraps. */
SMIDGEN_INLINE void smidgen_div_s32(SMIDGEN_PAIRS(int32_t, int32_t, int32_t), int32_t low,
                                    int32_t high) {
    SMIDGEN_FOR_PAIRS(int32_t, int32_t, int32_t,
                      smidgen_clamp(q == 0    ? 0
                                    : q == -1 ? (int32_t)(0 - (uint32_t)p)
                                              : p / q,
                                    low, high))
}

SMIDGEN_INLINE void smidgen_div_f32(SMIDGEN_PAIRS(float, float, float), float low, float high) {
    SMIDGEN_FOR_PAIRS(float, float, float, smidgen_clamp_f32(p / q, low, high))
}

#endif
