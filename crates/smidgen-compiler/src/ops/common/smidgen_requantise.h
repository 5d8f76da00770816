/* Fixed-point multiplication, bit for bit as TFLite's reference kernels. Right shifts of negative
   numbers are arithmetic on every compiler that is supported. */
#ifndef SMIDGEN_REQUANTISE_H
#define SMIDGEN_REQUANTISE_H

#include "smidgen_common.h"

/* x * multiplier * 2^(shift - 31), rounded twice: a doubling high multiply that rounds half up,
   then a right shift that rounds half away from zero. */
SMIDGEN_INLINE int32_t smidgen_requantise(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);
    const int64_t product = (int64_t)shifted * multiplier + ((int64_t)1 << 30);
    const int32_t high = (int32_t)(product >> 31);
    if (right == 0) {
        return high;
    }
    /* Half a step is added after all shifts but one: before them, the sum could overflow. */
    const int32_t away = high < 0 ? 1 : 0;
    return (((high - away) >> (right - 1)) + 1) >> 1;
}

/* A number in double precision from its low and high word. */
SMIDGEN_INLINE double smidgen_real(const int32_t *words) {
    union {
        uint64_t bits;
        double number;
    } real;
    real.bits = (uint64_t)(uint32_t)words[1] << 32 | (uint32_t)words[0];
    return real.number;
}

/* The nearest integer, halves away from zero; at most 2^30 in absolute value. */
SMIDGEN_INLINE int32_t smidgen_round_real(double x) {
    const double limit = 1073741824.0;
    if (x >= limit) {
        return 1 << 30;
    }
    if (x <= -limit) {
        return -(1 << 30);
    }
    /* The distance to the truncated number is exact. */
    const int32_t whole = (int32_t)x;
    const double rest = x - (double)whole;
    return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

/* floor((x * multiplier + 2^30) / 2^31) for |x| < 2^30 and 0 <= multiplier. */
SMIDGEN_INLINE int32_t smidgen_doubling_high(int32_t x, int32_t multiplier) {
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
    /* Without a 32 x 32 -> 64 bit multiplication, four of 16 bits do. 2^30 keeps the middle sum
       positive, so that it needs no carry; 2^14 rounds. */
    const uint32_t x_low = (uint32_t)x & 0xffff, m_low = (uint32_t)multiplier & 0xffff;
    const uint32_t x_high = (uint32_t)(x >> 16), m_high = (uint32_t)multiplier >> 16;
    const uint32_t middle = (x_low * m_low >> 16) + x_low * m_high + x_high * m_low;
    const uint32_t rounded = (middle + ((uint32_t)1 << 30) + ((uint32_t)1 << 14)) >> 15;
    return (int32_t)(2 * (x_high * m_high) + rounded - ((uint32_t)1 << 15));
#else
    const int64_t product = (int64_t)(2 * x) * multiplier;
    return (int32_t)(product >> 32) + (int32_t)((uint32_t)product >> 31);
#endif
}

/* x / 2^shift, rounded to the nearest, halves away from zero; |x| < 2^30. */
SMIDGEN_INLINE int32_t smidgen_round_shift(int32_t x, int32_t shift) {
    const int32_t half = (int32_t)(((uint32_t)1 << shift) >> 1);
    const int32_t away = shift > 0 ? x >> 31 : 0;
    return (x + half + away) >> shift;
}

/* x * multiplier * 2^(shift - 31), rounded twice, for -2^30 <= x < 2^30 and shift <= 0. */
SMIDGEN_INLINE int32_t smidgen_scale_down(int32_t x, int32_t multiplier, int32_t shift) {
    return smidgen_round_shift(smidgen_doubling_high(x, multiplier), -shift);
}

/* a + b, which wraps. */
SMIDGEN_INLINE int32_t smidgen_wrapping_sum(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* How sums become outputs; chosen when a model is compiled. */
enum {
    /* Rounded twice, any sum and shift. */
    SMIDGEN_ROUND_TWICE = 0,
    /* In double precision, any sum. scale: see smidgen_real. */
    SMIDGEN_ROUND_REAL = 1,
    /* Rounded twice, for sums below 2^30 and right shifts from 1 to 22. */
    SMIDGEN_ROUND_TWICE_SMALL = 2,
    /* The same where the clamp's low bound is the zero point or above: how negative numbers round
       does not matter. */
    SMIDGEN_ROUND_TWICE_RELU = 3
};

/* The int8 output for a sum and a bias, which is added to it and may wrap. scale: a multiplier and a
   right shift, negative for a left shift; or a number in double precision. */
SMIDGEN_INLINE int8_t smidgen_output_s8(int32_t products, uint32_t bias, const int32_t *scale,
                                        int32_t rounding, int32_t zero_point, int32_t low,
                                        int32_t high) {
    const int32_t sum = (int32_t)((uint32_t)products + bias);
    const int32_t multiplier = scale[0], right = scale[1];
    int32_t y;
    if (rounding >= SMIDGEN_ROUND_TWICE_SMALL) {
        /* Half a step and the offset in one: (2 * offset + 1) * 2^right / 2. */
        const int32_t offset = zero_point - low;
        y = smidgen_doubling_high(sum, multiplier) + (((2 * offset + 1) * (1 << right)) >> 1);
        if (rounding != SMIDGEN_ROUND_TWICE_RELU) {
            y += sum >> 31;
        }
        y >>= right;
    } else {
        y = rounding == SMIDGEN_ROUND_REAL ? smidgen_round_real((double)sum * smidgen_real(scale))
                                           : smidgen_requantise(sum, multiplier, -right);
        y = (int32_t)((uint32_t)y + (uint32_t)zero_point);
        y = smidgen_clamp(y, low, high) - low;
    }
    return smidgen_narrow_s8(y, low, high);
}

#endif
