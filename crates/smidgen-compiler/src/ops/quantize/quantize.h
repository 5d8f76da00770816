/* Quantisation of floats to int8. */
#ifndef SMIDGEN_QUANTIZE_H
#define SMIDGEN_QUANTIZE_H

#include "smidgen_common.h"

/* y = x / scale + zero_point, rounded to nearest, halves away from zero. What is not a number
   becomes the zero point. */
SMIDGEN_INLINE void smidgen_quantize_f32(const float *restrict x, int8_t *restrict y,
                                         int32_t length, float scale, int32_t zero_point) {
    for (int32_t i = 0; i < length; i++) {
        const float real = x[i] / scale;
        int32_t steps = 0;
        if (real == real) {
            /* Far outside int8, but inside int32. */
            const float bounded = smidgen_clamp_f32(real, -512.0f, 512.0f);
            steps = (int32_t)bounded;
            /* Exact, unlike an addition of 0.5. */
            const float rest = bounded - (float)steps;
            steps += rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0;
        }
        y[i] = (int8_t)smidgen_clamp(steps + zero_point, -128, 127);
    }
}

#endif
