/* Reciprocals of square roots of int16. */
#ifndef SMIDGEN_RSQRT_S16_H
#define SMIDGEN_RSQRT_S16_H

#include "smidgen_fixed_math.h"
#include "smidgen_requantise.h"

/* 2^20 / sqrt x for 1 < x < 2^15. */
SMIDGEN_INLINE int32_t smidgen_inverse_root_s16(int32_t x) {
    int32_t shift = -11;
    for (; x < 1 << 27; x *= 4) {
        shift++;
    }
    int32_t y = smidgen_inverse_root_q28(x >> 2);
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
            const int32_t root = x[i] == 1 ? 1 << 20 : smidgen_inverse_root_s16(x[i]);
            result = smidgen_requantise(root, multiplier, shift);
        }
        y[i] = (int16_t)(result < 32767 ? result : 32767);
    }
}

#endif
