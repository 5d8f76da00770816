/* More functions of floats: as smidgen_float_math.h, the same bits on every core, and errors below 2
   units in the last place. */
#ifndef SMIDGEN_FLOAT_FUNCTIONS_H
#define SMIDGEN_FLOAT_FUNCTIONS_H

#include "smidgen_float_math.h"

typedef union {
    float value;
    uint32_t bits;
} smidgen_float_bits;

SMIDGEN_INLINE uint32_t smidgen_bits_of_float(float x) {
    smidgen_float_bits number;
    number.value = x;
    return number.bits;
}

SMIDGEN_INLINE float smidgen_float_of_bits(uint32_t bits) {
    smidgen_float_bits number;
    number.bits = bits;
    return number.value;
}

SMIDGEN_INLINE float smidgen_nan(void) {
    return smidgen_float_of_bits(0x7fc00000u);
}

/* e^x - 1 for x <= 0. */
SMIDGEN_INLINE float smidgen_expm1_of_negative(float x) {
    if (x < -18.0f) {
        return -1.0f;
    }
    const int32_t n = (int32_t)(x * 1.442695041f - 0.5f);
    const float power = smidgen_power_of_two(n);
    return smidgen_exp_of_rest(x, n) * power + (power - 1.0f);
}

SMIDGEN_INLINE float smidgen_log(float x) {
    if (!(x >= 0.0f)) {
        return smidgen_nan();
    }
    if (x == 0.0f || smidgen_bits_of_float(x) == 0x7f800000u) {
        return x > 0.0f ? x : -1.0f / 0.0f;
    }
    /* x = 2^n (1 + f) with f in [sqrt(1/2) - 1, sqrt(2) - 1]; numbers below 2^-126 are scaled
       first. */
    int32_t scaled = 0;
    if (smidgen_bits_of_float(x) < 0x00800000u) {
        x *= 33554432.0f;
        scaled = 25;
    }
    const int32_t above = (int32_t)smidgen_bits_of_float(x) - 0x3f3504f3;
    const float n = (float)((above >> 23) - scaled);
    const float f = smidgen_float_of_bits((uint32_t)(above & 0x007fffff) + 0x3f3504f3u) - 1.0f;
    /* log(1 + f) = log((1 + s) / (1 - s)), without the first term's rounding error. */
    const float s = f / (2.0f + f);
    const float z = s * s;
    const float half_square = 0.5f * f * f;
    const float rest = z * (0.66666776f + z * (0.39977542f + z * 0.2987173f));
    const float low = s * (half_square + rest) + n * -0.00021219444f;
    return n * 0.6933594f - ((half_square - low) - f);
}

/* Rounded correctly. */
SMIDGEN_INLINE float smidgen_sqrt(float x) {
#if defined(__ARM_FP) && (__ARM_FP & 4)
    float root;
    __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
    return root;
#elif defined(__riscv_flen)
    float root;
    __asm__("fsqrt.s %0, %1" : "=f"(root) : "f"(x));
    return root;
#else
    if (!(x > 0.0f) || smidgen_bits_of_float(x) == 0x7f800000u) {
        return x < 0.0f ? smidgen_nan() : x;
    }
    int32_t scaled = 0;
    if (smidgen_bits_of_float(x) < 0x00800000u) {
        x *= 16777216.0f;
        scaled = 12;
    }
    /* x = rest / 2^23 * 2^(2 n), digit by digit; the last bit of 25 rounds. */
    const uint32_t bits = smidgen_bits_of_float(x);
    const int32_t exponent = (int32_t)(bits >> 23) - 127;
    uint32_t rest = ((bits & 0x007fffffu) | 0x00800000u) << (1 + (exponent & 1));
    uint32_t root = 0, doubled = 0;
    for (uint32_t bit = 1u << 24; bit > 0; bit >>= 1) {
        if (doubled + bit <= rest) {
            rest -= doubled + bit;
            doubled += 2 * bit;
            root += bit;
        }
        rest *= 2;
    }
    root = (root + 1) >> 1;
    return smidgen_float_of_bits(root + ((uint32_t)((exponent >> 1) - scaled + 126) << 23));
#endif
}

/* x as a rest in [-pi/4, pi/4] and a number of quarter turns, modulo 4. */
SMIDGEN_INLINE float smidgen_quarter_turns(float x, uint32_t *quarter) {
    /* The bits of 2 / pi after a word of zeros. */
    static const uint32_t two_over_pi[8] = {0u,          0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,
                                            0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};
    const uint32_t bits = smidgen_bits_of_float(x) & 0x7fffffffu;
    *quarter = 0;
    if (bits <= 0x3f490fdau) {
        return x;
    }
    if (bits >= 0x7f800000u) {
        return smidgen_nan();
    }
    /* x = m 2^(exponent - 150). Bits of 2 / pi whose product with m is a multiple of 4 are skipped; 96
       follow. */
    const uint32_t m = (bits & 0x007fffffu) | 0x00800000u;
    const uint32_t skip = (bits >> 23) - 120, shift = skip % 32;
    uint32_t words[3];
    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t *pair = two_over_pi + skip / 32 + i;
        words[i] = (uint32_t)((((uint64_t)pair[0] << 32 | pair[1]) << shift) >> 32);
    }
    const uint64_t turns = ((uint64_t)(m * words[0]) << 32) + (uint64_t)m * words[1] +
                           (((uint64_t)m * words[2]) >> 32);
    *quarter = (uint32_t)((turns + ((uint64_t)1 << 61)) >> 62);
    /* pi / 2 / 2^62 */
    const float rest = (float)(int64_t)(turns - ((uint64_t)*quarter << 62)) * 3.4061216e-19f;
    if (x < 0.0f) {
        *quarter = 0u - *quarter;
        return -rest;
    }
    return rest;
}

/* The sine of x and `ahead` quarter turns. */
SMIDGEN_INLINE float smidgen_sine_ahead(float x, uint32_t ahead) {
    uint32_t quarter;
    const float r = smidgen_quarter_turns(x, &quarter);
    const float z = r * r;
    float y;
    quarter += ahead;
    if (quarter & 1) {
        y = 1.0f - 0.5f * z + z * z * (0.041666646f + z * (-0.0013887368f + z * 2.4438452e-5f));
    } else {
        y = r + r * z * (-0.16666655f + z * (0.008332178f + z * -0.000195173f));
    }
    return quarter & 2 ? -y : y;
}

SMIDGEN_INLINE float smidgen_sin(float x) {
    return smidgen_sine_ahead(x, 0);
}

SMIDGEN_INLINE float smidgen_cos(float x) {
    return smidgen_sine_ahead(x, 1);
}

/* The error function for numbers below 0.75 in magnitude. */
SMIDGEN_INLINE float smidgen_erf_of_small(float x) {
    const float z = x * x;
    const float p = 0.11283377f + z * (-0.026834624f + z * (0.005114346f + z * -0.00067495136f));
    return x * (1.1283792f + z * (-0.3761262f + z * p));
}

/* The complementary error function; errors are below 3 units. */
SMIDGEN_INLINE float smidgen_erfc(float x) {
    const float magnitude = x < 0.0f ? -x : x;
    if (magnitude < 0.75f) {
        return 1.0f - smidgen_erf_of_small(x);
    }
    if (magnitude > 10.1f) {
        return x < 0.0f ? 2.0f : 0.0f;
    }
    /* e^(-x^2) with a part of x whose square is exact. */
    const float high = smidgen_float_of_bits(smidgen_bits_of_float(magnitude) & 0xfffff000u);
    float gauss = 1.0f;
    for (int32_t i = 0; i < 2; i++) {
        const float factor = i == 0 ? -high : high - magnitude;
        gauss *= smidgen_exp(factor * (i == 0 ? high : high + magnitude));
    }
    const float t = 2.0f / (magnitude + 2.0f);
    float p = 0.26759875f + t * (-0.46459895f + t * (0.26376456f + t * -0.05179599f));
    p = 0.24250294f + t * (0.20415471f + t * (-0.02610896f + t * p));
    const float tail = gauss * (t * (0.28208074f + t * (0.2824718f + t * p)));
    return x < 0.0f ? 2.0f - tail : tail;
}

/* The error function; errors are below 2 units. */
SMIDGEN_INLINE float smidgen_erf(float x) {
    const float magnitude = x < 0.0f ? -x : x;
    return magnitude < 0.75f ? smidgen_erf_of_small(x) : 1.0f - smidgen_erfc(x);
}

SMIDGEN_INLINE float smidgen_floor(float x) {
    /* Larger numbers are integers. */
    if (!(x > -8388608.0f && x < 8388608.0f)) {
        return x;
    }
    const float whole = (float)(int32_t)x;
    return whole > x ? whole - 1.0f : whole == x ? x : whole;
}

/* The nearest integer, halves to the even one. */
SMIDGEN_INLINE float smidgen_round(float x) {
    const float below = smidgen_floor(x);
    const float rest = x - below;
    const float half = 0.5f * below;
    if (rest < 0.5f || (rest == 0.5f && smidgen_floor(half) == half)) {
        /* Without a negative zero. */
        return below + 0.0f;
    }
    return below + 1.0f;
}

#endif
