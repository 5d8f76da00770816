/* Softmax of int8 in single precision. */
#ifndef SMIDGEN_SOFTMAX_SINGLE_S8_H
#define SMIDGEN_SOFTMAX_SINGLE_S8_H

#include "smidgen_common.h"

/* The nearest integer to a number that is not negative, at most 512; halves become even. */
SMIDGEN_INLINE int32_t smidgen_nearest_even(float x) {
    const int32_t whole = x < 512.0f ? (int32_t)x : 512;
    const float rest = x - (float)whole;
    return whole + (whole < 512 && (rest > 0.5f || (rest == 0.5f && (whole & 1) != 0)) ? 1 : 0);
}

/* exponentials: for each difference from the row's greatest element, e to the power of the number that
   it means, all times the same. steps: what 1 becomes. In place where y == x. */
SMIDGEN_INLINE void smidgen_softmax_single_s8(const int8_t *x, const float *exponentials, int8_t *y,
                                              float steps, int32_t zero_point, int32_t rows,
                                              int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        int32_t max = x[0];
        for (int32_t i = 1; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        float sum = 0.0f;
        for (int32_t i = 0; i < classes; i++) {
            sum += exponentials[max - x[i]];
        }
        for (int32_t i = 0; i < classes; i++) {
            const float real = exponentials[max - x[i]] * steps / sum;
            y[i] = (int8_t)smidgen_clamp(smidgen_nearest_even(real) + zero_point, -128, 127);
        }
        x += classes;
        y += classes;
    }
}

#endif
