/* Images of another size, made of four weighted pixels, in single precision. */
#ifndef SMIDGEN_RESIZE_BILINEAR_F32_H
#define SMIDGEN_RESIZE_BILINEAR_F32_H

#include "smidgen_common.h"

/* The two rows or columns that an output row or column lies between, and how far behind the first. */
typedef struct {
    int32_t low, high;
    float fraction;
} smidgen_resize_between_f32;

SMIDGEN_INLINE smidgen_resize_between_f32 smidgen_resize_at_f32(int32_t index, float scale,
                                                                int32_t centers, int32_t size) {
    const float at = centers ? ((float)index + 0.5f) * scale - 0.5f : (float)index * scale;
    /* At least -0.5, so that truncation is as good as a floor. */
    const int32_t whole = (int32_t)at;
    smidgen_resize_between_f32 between;
    between.low = smidgen_clamp(whole, 0, size - 1);
    between.high = smidgen_clamp(whole + (at > (float)whole ? 1 : 0), 0, size - 1);
    between.fraction = at - (float)between.low;
    return between;
}

/* A float; or an int8 that stands for a uint8, if `is_unsigned`. */
SMIDGEN_INLINE float smidgen_resize_load_f32(const void *input, int32_t at, int32_t is_unsigned) {
    return is_unsigned ? (float)(((const int8_t *)input)[at] + 128) : ((const float *)input)[at];
}

/* Scales are input rows or columns per output row or column. */
SMIDGEN_INLINE void smidgen_resize_bilinear_f32(const void *input, void *output, int32_t batches,
                                                int32_t in_height, int32_t in_width,
                                                int32_t out_height, int32_t out_width,
                                                int32_t channels, int32_t is_unsigned,
                                                int32_t centers, float scale_y, float scale_x) {
    int32_t written = 0;
    for (int32_t batch = 0; batch < batches; batch++) {
        const int32_t image = batch * in_height * in_width * channels;
        for (int32_t oy = 0; oy < out_height; oy++) {
            const smidgen_resize_between_f32 y =
                smidgen_resize_at_f32(oy, scale_y, centers, in_height);
            const int32_t up = image + y.low * in_width * channels;
            const int32_t down = image + y.high * in_width * channels;
            const float above = 1.0f - y.fraction;
            for (int32_t ox = 0; ox < out_width; ox++) {
                const smidgen_resize_between_f32 x =
                    smidgen_resize_at_f32(ox, scale_x, centers, in_width);
                const int32_t left = x.low * channels, right = x.high * channels;
                const float before = 1.0f - x.fraction;
                for (int32_t c = 0; c < channels; c++) {
                    const float a = smidgen_resize_load_f32(input, up + left + c, is_unsigned);
                    const float b = smidgen_resize_load_f32(input, down + left + c, is_unsigned);
                    const float d = smidgen_resize_load_f32(input, up + right + c, is_unsigned);
                    const float e = smidgen_resize_load_f32(input, down + right + c, is_unsigned);
                    const float sum = a * above * before + b * y.fraction * before +
                                      d * above * x.fraction + e * y.fraction * x.fraction;
                    if (is_unsigned) {
                        ((int8_t *)output)[written++] = (int8_t)((int32_t)(sum + 0.5f) - 128);
                    } else {
                        ((float *)output)[written++] = sum;
                    }
                }
            }
        }
    }
}

#endif
