/* Logarithm of the softmax of int8 in fixed point, bit for bit as TFLite computes it. */
#ifndef SMIDGEN_LOG_SOFTMAX_S8_H
#define SMIDGEN_LOG_SOFTMAX_S8_H

#include "smidgen_fixed_math.h"
#include "smidgen_requantise.h"

SMIDGEN_INLINE int32_t smidgen_double_saturating(int32_t x) {
    return x >= 1 << 30 ? INT32_MAX : 2 * x;
}

/* ln x with 26 fraction bits for x of 19 fraction bits, from 1 upwards: a rational function of the
   mantissa, near one of two powers of two. */
SMIDGEN_INLINE int32_t smidgen_log_q26(int32_t x) {
    const int32_t sqrt_half = 1518500250, fourth_root_half = 1805811301;
    int32_t mantissa = x, exponent = 12;
    for (; mantissa < 1 << 30; mantissa *= 2) {
        exponent--;
    }
    const int32_t above = smidgen_double_saturating(smidgen_multiply_q31(mantissa, sqrt_half));
    int32_t power = ((exponent - 1) << 25) + (1 << 23), r = above;
    /* The mantissa of x / sqrt 2 has as many bits, or one less. */
    int32_t below = mantissa, more = 0;
    if (smidgen_multiply_q31(x, sqrt_half) < 1 << (30 - 12 + exponent)) {
        below = smidgen_double_saturating(mantissa);
        more = 1;
    }
    const int32_t other = ((exponent - more) << 25) - (1 << 23);
    power = other > power ? other : power;
    r = below < r ? below : r;
    const int32_t p = (int32_t)(((uint32_t)r + (uint32_t)fourth_root_half + 1) >> 1);
    const int32_t q = 2 * (r - fourth_root_half);
    const int32_t square = smidgen_multiply_q31(q, q);
    const int32_t numerator =
        smidgen_multiply_q31(q, r) +
        smidgen_multiply_q31(smidgen_multiply_q31(q, square), 117049297);
    const int32_t denominator =
        smidgen_multiply_q31(p, 1057819769 + q + smidgen_multiply_q31(127690142, square)) +
        smidgen_multiply_q31(638450708, q);
    const int32_t quotient = smidgen_multiply_q31(smidgen_round_shift(numerator, 6),
                                                  smidgen_one_over_one_plus_q31(denominator));
    return 2 * (smidgen_multiply_q31(power, 1488522236) + quotient);
}

/* exponentials: e^(scale * -i) for the `count` differences i from the row's greatest element that
   matter, with 31 fraction bits. `multiplier` and `shift` take differences to exponents with 26
   fraction bits, `inverse` back. In place where y == x. */
SMIDGEN_INLINE void smidgen_log_softmax_s8(const int8_t *x, const int32_t *exponentials, int8_t *y,
                                           int32_t count, int32_t multiplier, int32_t shift,
                                           int32_t inverse, int32_t inverse_shift, int32_t rows,
                                           int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        int32_t max = x[0];
        for (int32_t i = 1; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        /* 19 fraction bits */
        uint32_t sum = 0;
        for (int32_t i = 0; i < classes; i++) {
            const int32_t difference = max - x[i];
            if (difference < count) {
                sum += ((uint32_t)exponentials[difference] + (1u << 11)) >> 12;
            }
        }
        const int32_t log = smidgen_log_q26((int32_t)sum);
        /* Differences whose exponents would overflow. */
        int32_t lowest = smidgen_requantise(log + INT32_MIN, inverse, inverse_shift);
        lowest = lowest < -count ? -count : lowest;
        for (int32_t i = 0; i < classes; i++) {
            const int32_t difference = x[i] - max;
            int32_t output = -128;
            if (difference > lowest) {
                const int32_t exponent = smidgen_requantise(difference, multiplier, shift) - log;
                output = smidgen_clamp(smidgen_round_shift(exponent, 22) + 127, -128, 127);
            }
            y[i] = (int8_t)output;
        }
        x += classes;
        y += classes;
    }
}

#endif
