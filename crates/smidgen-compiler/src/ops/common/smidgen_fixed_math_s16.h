/* Functions of 16-bit fixed-point numbers, bit for bit as gemmlowp computes them. A number with i
   integer bits is raw / 2^(15 - i); Q0 stands for no integer bits, Q2 for two. */
#ifndef SMIDGEN_FIXED_MATH_S16_H
#define SMIDGEN_FIXED_MATH_S16_H

#include "smidgen_requantise.h"

SMIDGEN_INLINE int32_t smidgen_saturate_s16(int32_t x) {
    return smidgen_clamp(x, INT16_MIN, INT16_MAX);
}

/* a * b / 2^15, rounded to nearest, halves up. */
SMIDGEN_INLINE int32_t smidgen_multiply_q15(int32_t a, int32_t b) {
    return (a * b + (1 << 14)) >> 15;
}

/* e^x in Q0 for x <= 0 with at most 7 integer bits. */
SMIDGEN_INLINE int32_t smidgen_exp_of_negative_s16(int32_t x, int32_t integer_bits) {
    /* e^(-2^k) for k from -2 to 4. */
    static const int16_t factors[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
    if (x == 0) {
        return INT16_MAX;
    }
    if (integer_bits > 5 && x < -(1 << (20 - integer_bits))) {
        return 0;
    }
    /* x = -(whole quarters) + rest, with the rest in [-1/4, 0). */
    const int32_t quarter = 1 << (13 - integer_bits);
    const int32_t rest = (x & (quarter - 1)) - quarter;
    const int32_t quarters = rest - x;
    /* Four terms of the Taylor series at -1/8. */
    const int32_t r = rest * (1 << integer_bits) + (1 << 12);
    const int32_t r2 = smidgen_multiply_q15(r, r);
    const int32_t r3 = smidgen_multiply_q15(r2, r);
    const int32_t r4 = smidgen_round_shift(smidgen_multiply_q15(r2, r2), 2);
    const int32_t tail = smidgen_round_shift(smidgen_multiply_q15(r4 + r3, 10923) + r2, 1);
    int32_t y = 28918 + smidgen_multiply_q15(28918, r + tail);
    for (int32_t i = 0; i < integer_bits + 2; i++) {
        if (quarters & (quarter << i)) {
            y = smidgen_multiply_q15(y, factors[i]);
        }
    }
    return y;
}

/* 2 / (1 + x) in Q2 for x of Q0 in [0, 1]: three steps of Newton's iteration, from
   48 / 17 - 32 / 17 * half the denominator. */
SMIDGEN_INLINE int32_t smidgen_two_over_one_plus_s16(int32_t x) {
    const int32_t half_denominator = (x + (1 << 15)) / 2;
    int32_t y = 23130 + smidgen_multiply_q15(half_denominator, -15420);
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 13) - smidgen_multiply_q15(half_denominator, y);
        y += smidgen_saturate_s16(4 * smidgen_multiply_q15(y, error));
    }
    return y;
}

/* 1 / (1 + e^-x) in Q0 for x of Q3. */
static inline int32_t smidgen_logistic_q3(int32_t x) {
    if (x == 0) {
        return 1 << 14;
    }
    const int32_t e = smidgen_exp_of_negative_s16(x > 0 ? -x : x, 3);
    const int32_t y = smidgen_saturate_s16(2 * smidgen_two_over_one_plus_s16(e));
    return x > 0 ? y : INT16_MAX - y;
}

/* tanh(x) in Q0 for x with at most 6 integer bits. */
static inline int32_t smidgen_tanh_fixed_s16(int32_t x, int32_t integer_bits) {
    if (x == 0) {
        return 0;
    }
    /* The bits of x with another integer bit are those of 2 x. */
    const int32_t e = smidgen_exp_of_negative_s16(x > 0 ? -x : x, integer_bits + 1);
    const int32_t y =
        smidgen_saturate_s16(4 * (smidgen_two_over_one_plus_s16(e) - (1 << 13)));
    return x > 0 ? y : -y;
}

#endif
