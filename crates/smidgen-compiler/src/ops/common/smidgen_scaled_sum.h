/* Sums of two quantised tensors of different scales. */
#ifndef SMIDGEN_SCALED_SUM_H
#define SMIDGEN_SCALED_SUM_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* p * 2^headroom * multiplier_a + sign * (the same of q), times a multiplier; |p| < 2^(30 - headroom). */
SMIDGEN_INLINE int32_t smidgen_scaled_sum(int32_t p, int32_t q, int32_t headroom, int32_t multiplier_a,
                                   int32_t shift_a, int32_t multiplier_b, int32_t shift_b,
                                   int32_t sign, int32_t multiplier, int32_t shift) {
    const int32_t left = smidgen_scale_down(p * (1 << headroom), multiplier_a, shift_a);
    const int32_t right = smidgen_scale_down(q * (1 << headroom), multiplier_b, shift_b);
    return smidgen_scale_down(left + sign * right, multiplier, shift);
}

/* A difference has sign -1. */
SMIDGEN_INLINE void smidgen_scaled_sum_s8(SMIDGEN_PAIRS(int8_t, int8_t, int8_t), int32_t zero_a,
                                   int32_t zero_b, int32_t multiplier_a, int32_t shift_a,
                                   int32_t multiplier_b, int32_t shift_b, int32_t sign,
                                   int32_t multiplier, int32_t shift, int32_t zero_point,
                                   int32_t low, int32_t high) {
    SMIDGEN_FOR_PAIRS(int8_t, int8_t, int8_t,
                      smidgen_narrow_s8(smidgen_scaled_sum(p - zero_a, q - zero_b, 20, multiplier_a,
                                                    shift_a, multiplier_b, shift_b, sign,
                                                    multiplier, shift) +
                                            (zero_point - low),
                                        low, high))
}

/* The same for int16, whose zero points are 0. */
SMIDGEN_INLINE void smidgen_scaled_sum_s16(SMIDGEN_PAIRS(int16_t, int16_t, int16_t), int32_t multiplier_a,
                                    int32_t shift_a, int32_t multiplier_b, int32_t shift_b,
                                    int32_t sign, int32_t multiplier, int32_t shift, int32_t low,
                                    int32_t high) {
    SMIDGEN_FOR_PAIRS(int16_t, int16_t, int16_t,
                      smidgen_clamp(smidgen_scaled_sum(p, q, 15, multiplier_a, shift_a, multiplier_b,
                                                shift_b, sign, multiplier, shift),
                                    low, high))
}

/* The same where scales are powers of two: operands are shifted right, rounded, and the sum
   saturates. */
SMIDGEN_INLINE void smidgen_shifted_sum_s16(SMIDGEN_PAIRS(int16_t, int16_t, int16_t),
                                            int32_t shift_a, int32_t shift_b, int32_t sign,
                                            int32_t low, int32_t high) {
    SMIDGEN_FOR_PAIRS(int16_t, int16_t, int16_t,
                      smidgen_clamp(smidgen_round_shift(p, shift_a) +
                                        sign * smidgen_round_shift(q, shift_b),
                                    low, high))
}

#endif
