/* Sums, differences and products of numbers that are not quantised. */
#ifndef SMIDGEN_ARITHMETIC_H
#define SMIDGEN_ARITHMETIC_H

#include "smidgen_broadcast.h"

/* Clamps int64 between bounds of int32, of which INT32_MIN and INT32_MAX stand for none. */
SMIDGEN_INLINE int64_t smidgen_clamp_s64(int64_t x, int32_t low, int32_t high) {
    x = low != INT32_MIN && x < low ? low : x;
    return high != INT32_MAX && x > high ? high : x;
}

/* The functions of an operator on int32, int64 and float. Integers wrap. */
#define SMIDGEN_ARITHMETIC(name, operator)                                                         \
    SMIDGEN_INLINE void smidgen_##name##_s32(SMIDGEN_PAIRS(int32_t, int32_t, int32_t),             \
                                             int32_t low, int32_t high) {                          \
        SMIDGEN_FOR_PAIRS(int32_t, int32_t, int32_t,                                               \
                          smidgen_clamp((int32_t)((uint32_t)p operator(uint32_t) q), low, high))   \
    }                                                                                              \
    SMIDGEN_INLINE void smidgen_##name##_s64(SMIDGEN_PAIRS(int64_t, int64_t, int64_t),             \
                                             int32_t low, int32_t high) {                          \
        SMIDGEN_FOR_PAIRS(                                                                         \
            int64_t, int64_t, int64_t,                                                             \
            smidgen_clamp_s64((int64_t)((uint64_t)p operator(uint64_t) q), low, high))             \
    }                                                                                              \
    SMIDGEN_INLINE void smidgen_##name##_f32(SMIDGEN_PAIRS(float, float, float), float low,        \
                                             float high) {                                         \
        SMIDGEN_FOR_PAIRS(float, float, float, smidgen_clamp_f32(p operator q, low, high))         \
    }

SMIDGEN_ARITHMETIC(add, +)
SMIDGEN_ARITHMETIC(sub, -)
SMIDGEN_ARITHMETIC(mul, *)

#endif
