/* Pools of floats. */
#ifndef SMIDGEN_POOL_2D_F32_H
#define SMIDGEN_POOL_2D_F32_H

#include "smidgen_pool_2d.h"

/* SMIDGEN_POOL_L2 gives means of squares, not yet their roots. */
SMIDGEN_INLINE void smidgen_pool_2d_f32(
    const float *restrict input, float *restrict output, int32_t batches, int32_t in_height,
    int32_t in_width, int32_t channels, int32_t out_height, int32_t out_width,
    int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x,
    int32_t pad_top, int32_t pad_left, int32_t function, float low, float high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const smidgen_span rows =
                smidgen_pool_span(oy * stride_y - pad_top, kernel_height, in_height);
            for (int32_t ox = 0; ox < out_width; ox++) {
                const smidgen_span columns =
                    smidgen_pool_span(ox * stride_x - pad_left, kernel_width, in_width);
                const int32_t count = (rows.to - rows.from) * (columns.to - columns.from);
                for (int32_t c = 0; c < channels; c++) {
                    float total = function == SMIDGEN_POOL_MAX ? -3.402823466e+38f : 0.0f;
                    for (int32_t y = rows.from; y < rows.to; y++) {
                        const float *x = input + (y * in_width + columns.from) * channels + c;
                        for (int32_t i = columns.from; i < columns.to; i++) {
                            if (function == SMIDGEN_POOL_MAX) {
                                total = total < *x ? *x : total;
                            } else {
                                total += function == SMIDGEN_POOL_L2 ? *x * *x : *x;
                            }
                            x += channels;
                        }
                    }
                    if (function != SMIDGEN_POOL_MAX) {
                        total /= (float)count;
                    }
                    *output++ = smidgen_clamp_f32(total, low, high);
                }
            }
        }
        input += in_height * in_width * channels;
    }
}

#endif
