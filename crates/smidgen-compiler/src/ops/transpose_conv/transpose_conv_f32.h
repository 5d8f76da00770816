/* Transposed 2-D convolution of floats. */
#ifndef SMIDGEN_TRANSPOSE_CONV_F32_H
#define SMIDGEN_TRANSPOSE_CONV_F32_H

#include "smidgen_common.h"

/* filter: [out_channels][kernel_height][kernel_width][in_channels]. */
SMIDGEN_INLINE void smidgen_transpose_conv_f32(
    const float *restrict input, const float *restrict filter, const float *restrict bias,
    float *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t out_channels,
    int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x,
    int32_t pad_top, int32_t pad_left, float low, float high) {
    for (int32_t pixel = 0; pixel < batches * out_height * out_width; pixel++) {
        const int32_t y = pixel / out_width % out_height + pad_top;
        const int32_t x = pixel % out_width + pad_left;
        const float *const image =
            input + pixel / (out_width * out_height) * (in_height * in_width * in_channels);
        for (int32_t channel = 0; channel < out_channels; channel++) {
            float sum = bias[channel];
            for (int32_t ky = y % stride_y; ky < kernel_height && ky <= y; ky += stride_y) {
                for (int32_t kx = x % stride_x; kx < kernel_width && kx <= x; kx += stride_x) {
                    const int32_t iy = (y - ky) / stride_y, ix = (x - kx) / stride_x;
                    if (iy >= in_height || ix >= in_width) {
                        continue;
                    }
                    const float *const from = image + (iy * in_width + ix) * in_channels;
                    const int32_t tap = (channel * kernel_height + ky) * kernel_width + kx;
                    for (int32_t c = 0; c < in_channels; c++) {
                        sum += from[c] * filter[tap * in_channels + c];
                    }
                }
            }
            *output++ = smidgen_clamp_f32(sum, low, high);
        }
    }
}

#endif
