/* 3-D convolution of floats. */
#ifndef SMIDGEN_CONV3D_F32_H
#define SMIDGEN_CONV3D_F32_H

#include "smidgen_common.h"

/* filter: [kernel_depth][kernel_height][kernel_width][in_channels][out_channels]. */
SMIDGEN_INLINE void smidgen_conv3d_f32(
    const float *restrict input, const float *restrict filter, const float *restrict bias,
    float *restrict output, int32_t batches, int32_t in_depth, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_depth, int32_t out_height, int32_t out_width,
    int32_t out_channels, int32_t kernel_depth, int32_t kernel_height, int32_t kernel_width,
    int32_t stride_z, int32_t dilation_z, int32_t pad_front, int32_t stride_y, int32_t stride_x,
    int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left, float low,
    float high) {
    const int32_t pixels = out_depth * out_height * out_width;
    const int32_t taps = kernel_depth * kernel_height * kernel_width;
    for (int32_t pixel = 0; pixel < batches * pixels; pixel++) {
        const int32_t z = pixel / (out_height * out_width) % out_depth * stride_z - pad_front;
        const int32_t y = pixel / out_width % out_height * stride_y - pad_top;
        const int32_t x = pixel % out_width * stride_x - pad_left;
        const float *const image =
            input + pixel / pixels * (in_depth * in_height * in_width * in_channels);
        for (int32_t channel = 0; channel < out_channels; channel++) {
            const float *weights = filter + channel;
            float sum = bias[channel];
            for (int32_t tap = 0; tap < taps; tap++) {
                const int32_t iz = z + tap / (kernel_height * kernel_width) * dilation_z;
                const int32_t iy = y + tap / kernel_width % kernel_height * dilation_y;
                const int32_t ix = x + tap % kernel_width * dilation_x;
                if (iz >= 0 && iz < in_depth && iy >= 0 && iy < in_height && ix >= 0 &&
                    ix < in_width) {
                    const float *const from =
                        image + ((iz * in_height + iy) * in_width + ix) * in_channels;
                    for (int32_t c = 0; c < in_channels; c++) {
                        sum += from[c] * weights[c * out_channels];
                    }
                }
                weights += in_channels * out_channels;
            }
            *output++ = smidgen_clamp_f32(sum, low, high);
        }
    }
}

#endif
