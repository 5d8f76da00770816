/* Roots of what L2 pools have averaged. */
#ifndef SMIDGEN_L2_POOL_2D_F32_H
#define SMIDGEN_L2_POOL_2D_F32_H

#include "smidgen_float_functions.h"

SMIDGEN_INLINE void smidgen_l2_pool_roots(float *y, int32_t length, float low, float high) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_clamp_f32(smidgen_sqrt(y[i]), low, high);
    }
}

#endif
