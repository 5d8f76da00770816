/* Powers and angles of two numbers. Double precision, additions, multiplications and divisions in a
   fixed order: every core computes the same bits, within one unit in the last place. */
#ifndef SMIDGEN_POWER_H
#define SMIDGEN_POWER_H

#include "smidgen_broadcast.h"

/* 2^n for -1022 <= n <= 1023. */
SMIDGEN_INLINE double smidgen_double_power_of_two(int32_t n) {
    union {
        uint64_t bits;
        double value;
    } power;
    power.bits = (uint64_t)(n + 1023) << 52;
    return power.value;
}

/* The binary logarithm of a positive finite float. */
SMIDGEN_INLINE double smidgen_binary_logarithm(float x) {
    union {
        double value;
        uint64_t bits;
    } number;
    number.value = (double)x;
    int32_t exponent = (int32_t)(number.bits >> 52) - 1023;
    number.bits = (number.bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1023 << 52;
    if (number.value > 1.4142135623730951) {
        number.value *= 0.5;
        exponent++;
    }
    /* 2 / ln 2 * artanh(s) */
    const double s = (number.value - 1.0) / (number.value + 1.0), square = s * s;
    double series = 0.0;
    for (int32_t k = 15; k > 0; k -= 2) {
        series = series * square + 1.0 / k;
    }
    return (double)exponent + 2.8853900817779268 * s * series;
}

/* 2^x as a float. */
SMIDGEN_INLINE float smidgen_binary_exponential(double x) {
    if (!(x < 128.0)) {
        return (float)x * (1.0f / 0.0f);
    }
    if (x < -150.0) {
        return 0.0f;
    }
    const int32_t whole = (int32_t)(x + (x < 0.0 ? -0.5 : 0.5));
    const double rest = (x - whole) * 0.69314718055994531;
    double series = 1.0;
    for (int32_t k = 10; k > 0; k--) {
        series = 1.0 + series * rest / k;
    }
    return (float)(series * smidgen_double_power_of_two(whole));
}

/* x^y. */
SMIDGEN_INLINE float smidgen_power(float x, float y) {
    const float infinity = 1.0f / 0.0f;
    const float size = x < 0.0f ? -x : x, size_y = y < 0.0f ? -y : y;
    if (y == 0.0f || x == 1.0f) {
        return 1.0f;
    }
    if (x != x || y != y) {
        return x + y;
    }
    if (size_y == infinity) {
        return size == 1.0f ? 1.0f : (size > 1.0f) == (y > 0.0f) ? infinity : 0.0f;
    }
    /* From 2^24 on, all floats are even. */
    const int32_t whole = size_y < 16777216.0f ? (int32_t)y : 0;
    const int is_whole = size_y >= 16777216.0f || (float)whole == y;
    const float sign = (x < 0.0f || 1.0f / x < 0.0f) && (whole & 1) != 0 && is_whole ? -1.0f : 1.0f;
    if (size == 0.0f || size == infinity) {
        return sign * ((size == 0.0f) == (y > 0.0f) ? 0.0f : infinity);
    }
    if (x < 0.0f && !is_whole) {
        return 0.0f / 0.0f;
    }
    return sign * smidgen_binary_exponential(smidgen_binary_logarithm(size) * (double)y);
}

/* x^n; wraps. Negative powers are truncated; those of 0 are 0. */
SMIDGEN_INLINE int32_t smidgen_integer_power(int32_t x, int32_t n) {
    if (n < 0) {
        return x == 1 || (x == -1 && n % 2 == 0) ? 1 : x == -1 ? -1 : 0;
    }
    uint32_t result = 1, factor = (uint32_t)x;
    for (; n > 0; n >>= 1) {
        result = (n & 1) != 0 ? result * factor : result;
        factor *= factor;
    }
    return (int32_t)result;
}

/* The angle of the point (x, y). */
SMIDGEN_INLINE float smidgen_angle(float y, float x) {
    if (x != x || y != y) {
        return x + y;
    }
    const int left = x < 0.0f || (x == 0.0f && 1.0f / x < 0.0f);
    const int below = y < 0.0f || (y == 0.0f && 1.0f / y < 0.0f);
    const double size_x = x < 0.0f ? -(double)x : (double)x;
    const double size_y = y < 0.0f ? -(double)y : (double)y;
    const int steep = size_y > size_x;
    const double larger = steep ? size_y : size_x, smaller = steep ? size_x : size_y;
    /* Equal ones may be infinite or zero. */
    double ratio = larger == 0.0 ? 0.0 : larger == smaller ? 1.0 : smaller / larger;
    double angle = 0.0;
    /* arctan(t) = pi / 4 + arctan((t - 1) / (t + 1)) */
    if (ratio > 0.41421356237309503) {
        ratio = (ratio - 1.0) / (ratio + 1.0);
        angle = 0.78539816339744828;
    }
    double series = 0.0;
    for (int32_t k = 27; k > 0; k -= 2) {
        series = 1.0 / k - series * ratio * ratio;
    }
    angle += ratio * series;
    angle = steep ? 1.5707963267948966 - angle : angle;
    angle = left ? 3.1415926535897931 - angle : angle;
    return below ? -(float)angle : (float)angle;
}

SMIDGEN_PAIR_FUNCTION(smidgen_pow_f32, float, float, smidgen_power(p, q))
SMIDGEN_PAIR_FUNCTION(smidgen_pow_s32, int32_t, int32_t, smidgen_integer_power(p, q))
SMIDGEN_PAIR_FUNCTION(smidgen_atan2_f32, float, float, smidgen_angle(p, q))

#endif
