/* 2-D convolution of floats. */
#ifndef SMIDGEN_CONV2D_F32_H
#define SMIDGEN_CONV2D_F32_H

#include "smidgen_common.h"

/* filter: [group_out * groups][kernel_height][kernel_width][group_in]. */
SMIDGEN_INLINE void smidgen_conv2d_f32(
    const float *restrict input, const float *restrict filter, const float *restrict bias,
    float *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t groups, int32_t group_in,
    int32_t group_out, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left,
    float low, float high) {
    const int32_t out_channels = groups * group_out;
    const int32_t window = kernel_height * kernel_width * group_in;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const int32_t y = oy * stride_y - pad_top;
            for (int32_t ox = 0; ox < out_width; ox++) {
                const int32_t x = ox * stride_x - pad_left;
                for (int32_t oc = 0; oc < out_channels; oc++) {
                    const float *from = input + oc / group_out * group_in;
                    const float *weights = filter + oc * window;
                    float sum = bias[oc];
                    for (int32_t ky = 0; ky < kernel_height; ky++) {
                        const int32_t iy = y + ky * dilation_y;
                        for (int32_t kx = 0; kx < kernel_width; kx++) {
                            const int32_t ix = x + kx * dilation_x;
                            if (iy >= 0 && iy < in_height && ix >= 0 && ix < in_width) {
                                const float *pixel = from + (iy * in_width + ix) * in_channels;
                                for (int32_t c = 0; c < group_in; c++) {
                                    sum += pixel[c] * weights[c];
                                }
                            }
                            weights += group_in;
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
