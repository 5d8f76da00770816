/* Softmax of floats. */
#ifndef SMIDGEN_SOFTMAX_F32_H
#define SMIDGEN_SOFTMAX_F32_H

#include "smidgen_float_math.h"

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_softmax_f32(const float *x, float *y, float beta, int32_t rows,
                                        int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        float max = x[0];
        for (int32_t i = 1; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        float sum = 0.0f;
        for (int32_t i = 0; i < classes; i++) {
            y[i] = smidgen_exp((x[i] - max) * beta);
            sum += y[i];
        }
        for (int32_t i = 0; i < classes; i++) {
            y[i] /= sum;
        }
        x += classes;
        y += classes;
    }
}

#endif
