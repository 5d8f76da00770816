/* Rows of int8 divided by the root of the sum of their squares, in fixed point. */
#ifndef SMIDGEN_L2_NORMALIZATION_S8_H
#define SMIDGEN_L2_NORMALIZATION_S8_H

#include "smidgen_fixed_math.h"
#include "smidgen_requantise.h"

/* 1 / sqrt(x) as a multiplier and a right shift. */
SMIDGEN_INLINE int32_t smidgen_inverse_root(int32_t x, int32_t *right) {
    int32_t shift = 11;
    *right = 0;
    if (x <= 1) {
        return INT32_MAX;
    }
    for (; x >= 1 << 29; x /= 4) {
        shift++;
    }
    for (; x < 1 << 27; x *= 4) {
        shift--;
    }
    const int32_t y = smidgen_inverse_root_q28(((x >> 1) + 1) >> 1);
    if (shift < 0) {
        return y * (1 << -shift);
    }
    *right = shift;
    return y;
}

/* Outputs have bits_before + bits_after fraction bits, which come before and after the
   multiplication. In place where y == x. */
SMIDGEN_INLINE void smidgen_l2_normalization_s8(const int8_t *x, int8_t *y, int32_t rows,
                                                int32_t depth, int32_t zero_point,
                                                int32_t bits_before, int32_t bits_after) {
    for (int32_t row = 0; row < rows; row++) {
        int32_t squares = 0;
        for (int32_t i = 0; i < depth; i++) {
            squares += (x[i] - zero_point) * (x[i] - zero_point);
        }
        int32_t right;
        const int32_t multiplier = smidgen_inverse_root(squares, &right);
        for (int32_t i = 0; i < depth; i++) {
            const int32_t wide = (x[i] - zero_point) * (1 << bits_before);
            const int32_t output = smidgen_requantise(wide, multiplier, bits_after - right);
            y[i] = (int8_t)smidgen_clamp(output, -128, 127);
        }
        x += depth;
        y += depth;
    }
}

#endif
