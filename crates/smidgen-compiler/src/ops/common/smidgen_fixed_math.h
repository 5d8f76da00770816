/* Functions of fixed-point numbers, bit for bit as gemmlowp computes them. */
#ifndef SMIDGEN_FIXED_MATH_H
#define SMIDGEN_FIXED_MATH_H

#include "smidgen_common.h"

/* a * b / 2^31, rounded half up. */
SMIDGEN_INLINE int32_t smidgen_multiply_q31(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* 1 / (1 + x) for x of 31 fraction bits in [0, 1), by three steps of Newton's iteration on numbers
   of 29 fraction bits. */
SMIDGEN_INLINE int32_t smidgen_one_over_one_plus_q31(int32_t x) {
    const int32_t half_denominator = (int32_t)(((uint32_t)x + 0x80000000u) / 2);
    /* 48 / 17 - 32 / 17 * half the denominator */
    int32_t y = 1515870810 + smidgen_multiply_q31(half_denominator, -1010580540);
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 29) - smidgen_multiply_q31(half_denominator, y);
        y += 4 * smidgen_multiply_q31(y, error);
    }
    return y >= 1 << 30 ? INT32_MAX : 2 * y;
}

/* 1 / sqrt(2 x) for half of x in [1/4, 1), by five steps of Newton's iteration; all numbers have 28
   fraction bits. */
SMIDGEN_INLINE int32_t smidgen_inverse_root_q28(int32_t half) {
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; i++) {
        const int32_t cube = smidgen_multiply_q31(smidgen_multiply_q31(y, y), y) * 64;
        const int32_t one_and_half = (1 << 28) + (1 << 27);
        y = (smidgen_multiply_q31(one_and_half, y) - smidgen_multiply_q31(half, cube)) * 8;
    }
    /* sqrt(1/2) */
    return smidgen_multiply_q31(y, 1518500250);
}

#endif
