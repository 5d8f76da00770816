/* Quotients rounded towards minus infinity, and what they leave. */
#ifndef SMIDGEN_FLOOR_H
#define SMIDGEN_FLOOR_H

#include "smidgen_broadcast.h"
#include "smidgen_float_math.h"

/* Integers; a division by 0 gives 0, an overflow wraps. U is the unsigned type of T's size. */
#define SMIDGEN_FLOOR_INTEGERS(suffix, T, U)                                                       \
    SMIDGEN_INLINE T smidgen_floored_quotient_##suffix(T p, T q) {                                 \
        if (q == 0 || q == -1) {                                                                   \
            return q == 0 ? 0 : (T)(U)(0 - (U)p);                                                  \
        }                                                                                          \
        return (T)(p / q - (p % q != 0 && (p < 0) != (q < 0) ? 1 : 0));                            \
    }                                                                                              \
    SMIDGEN_INLINE T smidgen_floored_rest_##suffix(T p, T q) {                                     \
        if (q == 0 || q == -1) {                                                                   \
            return 0;                                                                              \
        }                                                                                          \
        const T rest = (T)(p % q);                                                                 \
        return (T)(rest != 0 && (rest < 0) != (q < 0) ? rest + q : rest);                          \
    }                                                                                              \
    SMIDGEN_PAIR_FUNCTION(smidgen_floor_div_##suffix, T, T, smidgen_floored_quotient_##suffix(p, q)) \
    SMIDGEN_PAIR_FUNCTION(smidgen_floor_mod_##suffix, T, T, smidgen_floored_rest_##suffix(p, q))

SMIDGEN_FLOOR_INTEGERS(s8, int8_t, uint8_t)
SMIDGEN_FLOOR_INTEGERS(s16, int16_t, uint16_t)
SMIDGEN_FLOOR_INTEGERS(s32, int32_t, uint32_t)
SMIDGEN_FLOOR_INTEGERS(s64, int64_t, uint64_t)

/* The greatest whole number that is not above p / q. In double precision, since a quotient of floats
   may be rounded up to a whole number. */
SMIDGEN_INLINE float smidgen_floored_quotient_f32(float p, float q) {
    const double quotient = (double)p / (double)q;
    /* From 2^52 on all are whole; what is not a number takes this way, too. */
    if (!(quotient > -4503599627370496.0 && quotient < 4503599627370496.0)) {
        return (float)quotient;
    }
    const double whole = (double)(int64_t)quotient;
    /* The quotient itself may be -0. */
    return (float)(whole > quotient ? whole - 1.0 : whole < quotient ? whole : quotient);
}

/* A finite float's magnitude: mantissa * 2^exponent with a mantissa below 2^24. */
typedef struct {
    uint32_t mantissa;
    int32_t exponent;
} smidgen_magnitude;

SMIDGEN_INLINE smidgen_magnitude smidgen_magnitude_of(float x) {
    union {
        float value;
        uint32_t bits;
    } word;
    word.value = x;
    const int32_t biased = (int32_t)(word.bits >> 23 & 0xff);
    const uint32_t leading = biased > 0 ? 1u << 23 : 0;
    const smidgen_magnitude result = {(word.bits & 0x7fffff) | leading,
                                      (biased > 0 ? biased : 1) - 150};
    return result;
}

/* What the truncated quotient of x and y leaves, exactly. */
SMIDGEN_INLINE float smidgen_truncated_rest(float x, float y) {
    const float infinity = 1.0f / 0.0f;
    const float size_x = x < 0.0f ? -x : x, size_y = y < 0.0f ? -y : y;
    if (!(size_x < infinity) || !(size_y > 0.0f)) {
        return x * 0.0f / 0.0f;
    }
    if (size_x < size_y) {
        return x;
    }
    smidgen_magnitude rest = smidgen_magnitude_of(x);
    const smidgen_magnitude divisor = smidgen_magnitude_of(y);
    rest.mantissa %= divisor.mantissa;
    while (rest.exponent > divisor.exponent) {
        const int32_t distance = rest.exponent - divisor.exponent;
        const int32_t bits = distance < 8 ? distance : 8;
        rest.mantissa = (rest.mantissa << bits) % divisor.mantissa;
        rest.exponent -= bits;
    }
    const int32_t half = rest.exponent / 2;
    const float size = (float)rest.mantissa * smidgen_power_of_two(half) *
                       smidgen_power_of_two(rest.exponent - half);
    return x < 0.0f ? -size : size;
}

SMIDGEN_INLINE float smidgen_floored_rest_f32(float x, float y) {
    const float rest = smidgen_truncated_rest(x, y);
    return rest != 0.0f && (rest < 0.0f) != (y < 0.0f) ? rest + y : rest;
}

SMIDGEN_PAIR_FUNCTION(smidgen_floor_div_f32, float, float, smidgen_floored_quotient_f32(p, q))
SMIDGEN_PAIR_FUNCTION(smidgen_floor_mod_f32, float, float, smidgen_floored_rest_f32(p, q))

#endif
