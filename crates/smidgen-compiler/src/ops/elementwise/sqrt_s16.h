/* Square roots of int16. */
#ifndef SMIDGEN_SQRT_S16_H
#define SMIDGEN_SQRT_S16_H

#include "smidgen_float_functions.h"

/* Cut towards zero; 0 for negative numbers. In place where y == x. */
SMIDGEN_INLINE void smidgen_sqrt_s16(const int16_t *x, int16_t *y, int32_t length,
                                     float input_scale, float scale) {
    for (int32_t i = 0; i < length; i++) {
        const float real = input_scale * (float)x[i];
        const float steps = real > 0.0f ? smidgen_sqrt(real) / scale : 0.0f;
        y[i] = (int16_t)(steps < 32767.0f ? (int32_t)steps : 32767);
    }
}

#endif
