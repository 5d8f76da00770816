/* What recurrent operators of floats share. */
#ifndef SMIDGEN_RECURRENT_F32_H
#define SMIDGEN_RECURRENT_F32_H

#include "smidgen_float_math.h"

/* sum plus the products of two vectors, one after the other. */
SMIDGEN_INLINE float smidgen_dot_f32(float sum, const float *x, const float *w, int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        sum += x[i] * w[i];
    }
    return sum;
}

SMIDGEN_INLINE float smidgen_nonlinear(float x, int32_t tanh, float low, float high) {
    return tanh ? smidgen_tanh(x) : smidgen_clamp_f32(x, low, high);
}

#endif
