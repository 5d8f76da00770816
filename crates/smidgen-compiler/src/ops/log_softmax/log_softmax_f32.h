/* Logarithm of the softmax of floats. */
#ifndef SMIDGEN_LOG_SOFTMAX_F32_H
#define SMIDGEN_LOG_SOFTMAX_F32_H

#include "smidgen_float_functions.h"

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_log_softmax_f32(const float *x, float *y, int32_t rows,
                                            int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        float max = -3.40282347e38f;
        for (int32_t i = 0; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        float sum = 0.0f;
        for (int32_t i = 0; i < classes; i++) {
            sum += smidgen_exp(x[i] - max);
        }
        const float log = smidgen_log(sum);
        for (int32_t i = 0; i < classes; i++) {
            y[i] = x[i] - max - log;
        }
        x += classes;
        y += classes;
    }
}

#endif
