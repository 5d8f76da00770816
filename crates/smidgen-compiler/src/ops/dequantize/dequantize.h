/* The real numbers that integers mean. */
#ifndef SMIDGEN_DEQUANTIZE_H
#define SMIDGEN_DEQUANTIZE_H

#include "smidgen_common.h"

#define SMIDGEN_DEQUANTIZE(name, type)                                                        \
    SMIDGEN_INLINE void smidgen_dequantize_##name(const type *restrict x, float *restrict y,  \
                                                  int32_t length, float scale,                \
                                                  int32_t zero_point) {                       \
        for (int32_t i = 0; i < length; i++) {                                                \
            y[i] = scale * (float)(x[i] - zero_point);                                        \
        }                                                                                     \
    }

SMIDGEN_DEQUANTIZE(s8, int8_t)
SMIDGEN_DEQUANTIZE(s16, int16_t)

/* Scales along an axis that has `inner` elements per index; zero points are 0. */
SMIDGEN_INLINE void smidgen_dequantize_channels_s8(const int8_t *restrict x,
                                                   const float *restrict scales,
                                                   float *restrict y, int32_t outer,
                                                   int32_t channels, int32_t inner) {
    for (int32_t i = 0; i < outer; i++) {
        for (int32_t channel = 0; channel < channels; channel++) {
            for (int32_t j = 0; j < inner; j++) {
                *y++ = scales[channel] * (float)*x++;
            }
        }
    }
}

#endif
