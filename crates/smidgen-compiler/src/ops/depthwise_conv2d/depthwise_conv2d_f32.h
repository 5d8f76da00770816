/* Depthwise 2-D convolution of floats. */
#ifndef SMIDGEN_DEPTHWISE_CONV2D_F32_H
#define SMIDGEN_DEPTHWISE_CONV2D_F32_H

#include "smidgen_common.h"

/* filter: [kernel_height][kernel_width][in_channels * channel_multiplier]. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_f32(
    const float *restrict input, const float *restrict filter, const float *restrict bias,
    float *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t channel_multiplier,
    int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x,
    int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left, float low,
    float high) {
    const int32_t out_channels = in_channels * channel_multiplier;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const int32_t y = oy * stride_y - pad_top;
            for (int32_t ox = 0; ox < out_width; ox++) {
                const int32_t x = ox * stride_x - pad_left;
                for (int32_t channel = 0; channel < out_channels; channel++) {
                    const float *from = input + channel / channel_multiplier;
                    const float *weight = filter + channel;
                    float sum = bias[channel];
                    for (int32_t ky = 0; ky < kernel_height; ky++) {
                        const int32_t iy = y + ky * dilation_y;
                        for (int32_t kx = 0; kx < kernel_width; kx++) {
                            const int32_t ix = x + kx * dilation_x;
                            if (iy >= 0 && iy < in_height && ix >= 0 && ix < in_width) {
                                sum += from[(iy * in_width + ix) * in_channels] * *weight;
                            }
                            weight += out_channels;
                        }
                    }
                    *output++ = smidgen_clamp_f32(sum, low, high);
                }
            }
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
