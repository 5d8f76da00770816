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

/* floor(x * multiplier / 2^32) for |x| < 2^30 and 0 <= multiplier. */
SMIDGEN_INLINE int32_t smidgen_high(int32_t x, int32_t multiplier) {
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
    const uint32_t x_low = (uint32_t)x & 0xffff, m_low = (uint32_t)multiplier & 0xffff;
    const uint32_t x_high = (uint32_t)(x >> 16), m_high = (uint32_t)multiplier >> 16;
    const uint32_t middle = (x_low * m_low >> 16) + x_low * m_high + x_high * m_low;
    const uint32_t carried = (middle + ((uint32_t)1 << 30)) >> 16;
    return (int32_t)(x_high * m_high + carried - ((uint32_t)1 << 14));
#else
    return (int32_t)((int64_t)x * multiplier >> 32);
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

/* v with 24 significant bits, as numbers of single precision have; halves become even. */
SMIDGEN_INLINE int64_t smidgen_single(int64_t v) {
    const uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    int32_t excess = 0;
    while (size >> excess >> 24 != 0) {
        excess++;
    }
    const int64_t half = ((int64_t)1 << excess) >> 1;
    const int64_t steps = (v + half - 1 + (v >> excess & 1)) >> excess;
    return excess == 0 ? v : steps * ((int64_t)1 << excess);
}

/* v / 2^places, cut to 24 bits; halves become even. */
SMIDGEN_INLINE int32_t smidgen_half_even(int64_t v, int32_t places) {
    const int64_t half = ((int64_t)1 << places) / 2, limit = (int64_t)1 << 24;
    const int64_t y = (v + half - 1 + (v >> places & 1)) >> places;
    return (int32_t)(y < -limit ? -limit : y > limit ? limit : y);
}

/* The nearest integer to x * multiplier * 2^-(32 + right) + constant, cut to 24 bits; halves become
   even. x, the product and the sum are rounded to single precision. The multiplier has 24 bits, and
   -23 <= right <= 30. */
SMIDGEN_RARE int32_t smidgen_round_single(int32_t x, int32_t multiplier, int32_t right,
                                          int32_t constant) {
    const int32_t point = 25 + right;
    const int64_t product = smidgen_single(smidgen_single(x) * (multiplier >> 7));
    return smidgen_half_even(smidgen_single(product + constant * ((int64_t)1 << point)), point);
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
    SMIDGEN_ROUND_TWICE_RELU = 3,
    /* In single precision, halves to even, any sum. scale: see smidgen_round_single. */
    SMIDGEN_ROUND_SINGLE = 4,
    /* The same for sums below 2^30 and right shifts from 1 to 21. */
    SMIDGEN_ROUND_SINGLE_SMALL = 5,
    /* Both with a zero point that is added in single precision too. */
    SMIDGEN_ROUND_SINGLE_SUM = 6,
    SMIDGEN_ROUND_SINGLE_SUM_SMALL = 7
};

/* The int8 output for a sum and a bias, which is added to it and may wrap. scale: a multiplier and a
   right shift, negative for a left shift; or a number in double precision. */
SMIDGEN_INLINE int8_t smidgen_output_s8(int32_t products, uint32_t bias, const int32_t *scale,
                                        int32_t rounding, int32_t zero_point, int32_t low,
                                        int32_t high) {
    const int32_t sum = (int32_t)((uint32_t)products + bias);
    const int32_t multiplier = scale[0], right = scale[1];
    const int32_t constant = rounding >= SMIDGEN_ROUND_SINGLE_SUM ? zero_point : 0;
    int32_t y;
    if (rounding == SMIDGEN_ROUND_SINGLE_SMALL || rounding == SMIDGEN_ROUND_SINGLE_SUM_SMALL) {
        /* Only next to a half is what single precision makes of it another number. */
        const int32_t offset = zero_point - low;
        const int32_t near = right > 14 ? 1 << (right - 14) : 1;
        y = smidgen_high(sum, multiplier) + (((2 * offset + 1) * (1 << right)) >> 1);
        y = ((y + near) & ((1 << right) - 1)) >= 2 * near
                ? y >> right
                : smidgen_round_single(sum, multiplier, right, constant) - constant + offset;
    } else if (rounding == SMIDGEN_ROUND_SINGLE || rounding == SMIDGEN_ROUND_SINGLE_SUM) {
        y = smidgen_round_single(sum, multiplier, right, constant) - constant + zero_point - low;
    } else if (rounding >= SMIDGEN_ROUND_TWICE_SMALL) {
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
