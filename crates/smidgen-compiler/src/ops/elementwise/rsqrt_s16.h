/* Reciprocals of square roots of int16. */
#ifndef SMIDGEN_RSQRT_S16_H
#define SMIDGEN_RSQRT_S16_H

#include "smidgen_requantise.h"

/* (a * b + 2^30) / 2^31, times 2^shift. */
SMIDGEN_INLINE int32_t smidgen_product_s32(int32_t a, int32_t b, int32_t shift) {
    const int64_t product = (int64_t)a * b + ((int64_t)1 << 30);
    return (int32_t)((uint32_t)(product >> 31) << shift);
}

/* 2^20 / sqrt x for 1 < x < 2^15, by five steps of Newton's iteration on numbers of 28 fraction
   bits. */
SMIDGEN_INLINE int32_t smidgen_inverse_root(int32_t x) {
    int32_t shift = -11;
    for (; x < 1 << 27; x *= 4) {
        shift++;
    }
    const int32_t half = x >> 2;
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; i++) {
        const int32_t cube = smidgen_product_s32(smidgen_product_s32(y, y, 0), y, 6);
        const int32_t next =
            smidgen_product_s32((1 << 28) + (1 << 27), y, 0) - smidgen_product_s32(half, cube, 0);
        y = next * 8;
    }
    /* sqrt(1/2) */
    y = smidgen_product_s32(y, 1518500250, 0);
    if (shift > 0) {
        y = (int32_t)((uint32_t)y << shift);
        shift = 0;
    }
    return smidgen_requantise(1, y, shift + 20);
}

/* The greatest number for 0 and less. In place where y == x. */
SMIDGEN_INLINE void smidgen_rsqrt_s16(const int16_t *x, int16_t *y, int32_t length,
                                      int32_t multiplier, int32_t shift) {
    for (int32_t i = 0; i < length; i++) {
        int32_t result = 32767;
        if (x[i] > 0) {
            const int32_t root = x[i] == 1 ? 1 << 20 : smidgen_inverse_root(x[i]);
            result = smidgen_requantise(root, multiplier, shift);
        }
        y[i] = (int16_t)(result < 32767 ? result : 32767);
    }
}

#endif
