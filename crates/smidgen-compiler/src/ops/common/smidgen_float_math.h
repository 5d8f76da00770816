/* Functions of floats: additions, multiplications and divisions in a fixed order, so that every
   core computes the same bits. Errors are below 2 units in the last place. */
#ifndef SMIDGEN_FLOAT_MATH_H
#define SMIDGEN_FLOAT_MATH_H

#include "smidgen_common.h"

/* 2^n for normal results: -126 <= n <= 127. */
SMIDGEN_INLINE float smidgen_power_of_two(int32_t n) {
    union {
        uint32_t bits;
        float value;
    } power;
    power.bits = (uint32_t)(n + 127) << 23;
    return power.value;
}

/* e^r - 1 for the rest r = x - n ln 2 in [-0.35, 0.35]. ln 2 is split so that n times its first part
   is exact. */
SMIDGEN_INLINE float smidgen_exp_of_rest(float x, int32_t n) {
    float r = x - (float)n * 0.6933594f;
    r = r - (float)n * -0.00021219444f;
    const float p = 0.16666518f + r * (0.041666206f + r * (0.008368883f + r * 0.0013950481f));
    return r + r * r * (0.5f + r * p);
}

SMIDGEN_INLINE float smidgen_exp(float x) {
    if (!(x <= 88.8f)) {
        return x + (1.0f / 0.0f);
    }
    if (x < -104.0f) {
        return 0.0f;
    }
    const int32_t n = (int32_t)(x * 1.442695041f + (x < 0.0f ? -0.5f : 0.5f));
    const float y = 1.0f + smidgen_exp_of_rest(x, n);
    /* Two factors, for results beyond the range of a normal power of two. */
    return y * smidgen_power_of_two(n / 2) * smidgen_power_of_two(n - n / 2);
}

SMIDGEN_INLINE float smidgen_tanh(float x) {
    const float magnitude = x < 0.0f ? -x : x;
    if (magnitude < 0.625f) {
        const float z = x * x;
        const float p =
            -0.33333284f +
            z * (0.1333149f + z * (-0.053743497f + z * (0.020650586f + z * -0.0057170447f)));
        return x + x * z * p;
    }
    const float y = 1.0f - 2.0f / (smidgen_exp(2.0f * magnitude) + 1.0f);
    return x < 0.0f ? -y : y;
}

SMIDGEN_INLINE float smidgen_logistic(float x) {
    if (x < 0.0f) {
        const float e = smidgen_exp(x);
        return e / (1.0f + e);
    }
    return 1.0f / (1.0f + smidgen_exp(-x));
}

#endif
