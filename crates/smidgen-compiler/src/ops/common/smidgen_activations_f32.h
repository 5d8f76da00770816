/* Non-linear activations of floats. */
#ifndef SMIDGEN_ACTIVATIONS_F32_H
#define SMIDGEN_ACTIVATIONS_F32_H

#include "smidgen_float_math.h"

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_logistic_f32(const float *x, float *y, int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_logistic(x[i]);
    }
}

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_tanh_f32(const float *x, float *y, int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_tanh(x[i]);
    }
}

#endif
