/* Functions of two numbers as they are stored. */
#ifndef SMIDGEN_PAIRWISE_H
#define SMIDGEN_PAIRWISE_H

#include "smidgen_broadcast.h"

/* Defines a function on a list of types. */
#define SMIDGEN_ON_INTEGERS(define)                                                                \
    define(s8, int8_t) define(u8, uint8_t) define(s16, int16_t) define(s32, int32_t)
#define SMIDGEN_ON_NUMBERS(define)                                                                 \
    define(s8, int8_t) define(s16, int16_t) define(s32, int32_t) define(s64, int64_t)              \
        define(f32, float)

#define SMIDGEN_MAXIMUM(suffix, T)                                                                 \
    SMIDGEN_PAIR_FUNCTION(smidgen_maximum_##suffix, T, T, p > q ? p : q)
SMIDGEN_ON_NUMBERS(SMIDGEN_MAXIMUM)

#define SMIDGEN_MINIMUM(suffix, T)                                                                 \
    SMIDGEN_PAIR_FUNCTION(smidgen_minimum_##suffix, T, T, p < q ? p : q)
SMIDGEN_ON_NUMBERS(SMIDGEN_MINIMUM)

#define SMIDGEN_BITWISE_XOR(suffix, T)                                                             \
    SMIDGEN_PAIR_FUNCTION(smidgen_bitwise_xor_##suffix, T, T, p ^ q)
SMIDGEN_ON_INTEGERS(SMIDGEN_BITWISE_XOR)

/* Signed numbers keep their sign. */
#define SMIDGEN_RIGHT_SHIFT(suffix, T)                                                             \
    SMIDGEN_PAIR_FUNCTION(smidgen_right_shift_##suffix, T, T,                                      \
                          p >> smidgen_shift((int64_t)q, 8 * (int32_t)sizeof(T) - 1))
/* A shift between 0 and the greatest that a type allows. */
SMIDGEN_INLINE int32_t smidgen_shift(int64_t shift, int32_t greatest) {
    return shift < 0 ? 0 : shift > greatest ? greatest : (int32_t)shift;
}
SMIDGEN_ON_INTEGERS(SMIDGEN_RIGHT_SHIFT)

/* Truth values are 0 and 1. */
SMIDGEN_PAIR_FUNCTION(smidgen_logical_and_u8, uint8_t, uint8_t, p & q)
SMIDGEN_PAIR_FUNCTION(smidgen_logical_or_u8, uint8_t, uint8_t, p | q)

#endif
