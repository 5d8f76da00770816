/* Quantisation of floats. */
#ifndef SMIDGEN_QUANTIZE_H
#define SMIDGEN_QUANTIZE_H

#include "smidgen_common.h"

/* x / scale + zero_point, rounded to nearest, halves away from zero or to even. What is not a number
   becomes the zero point; steps are cut at the limit, which int32 can hold. */
SMIDGEN_INLINE int32_t smidgen_quantize(float x, float scale, float limit, int32_t zero_point,
                                        int32_t low, int32_t high, int even) {
    const float real = x / scale;
    int32_t steps = 0;
    if (real == real) {
        const float bounded = smidgen_clamp_f32(real, -limit, limit);
        steps = (int32_t)bounded;
        /* Exact, unlike an addition of 0.5. */
        const float rest = bounded - (float)steps;
        if (even && (steps & 1) == 0) {
            steps += rest > 0.5f ? 1 : rest < -0.5f ? -1 : 0;
        } else {
            steps += rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0;
        }
    }
    return smidgen_clamp(steps + zero_point, low, high);
}

#define SMIDGEN_QUANTIZE(name, type, even)                                                    \
    SMIDGEN_INLINE void smidgen_quantize_##name(const float *restrict x, type *restrict y,    \
                                                int32_t length, float scale, float limit,     \
                                                int32_t zero_point, int32_t low,              \
                                                int32_t high) {                               \
        for (int32_t i = 0; i < length; i++) {                                                \
            y[i] = (type)smidgen_quantize(x[i], scale, limit, zero_point, low, high, even);   \
        }                                                                                     \
    }

SMIDGEN_QUANTIZE(f32_s8, int8_t, 0)
SMIDGEN_QUANTIZE(f32_s16, int16_t, 0)
SMIDGEN_QUANTIZE(even_f32_s8, int8_t, 1)
SMIDGEN_QUANTIZE(even_f32_s16, int16_t, 1)

#endif
