/* Clamp of floats. */
#ifndef SMIDGEN_CLAMP_F32_H
#define SMIDGEN_CLAMP_F32_H

#include "smidgen_common.h"

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_clamp_array_f32(const float *x, float *y, int32_t length, float low,
                                            float high) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_clamp_f32(x[i], low, high);
    }
}

#endif
