/* Transposed 2-D convolution of int8, four channels at a time. */
#ifndef SMIDGEN_TRANSPOSE_CONV_S8_H
#define SMIDGEN_TRANSPOSE_CONV_S8_H

#include "smidgen_requantise.h"

/* filter: blocks of four channels, [kernel_height][kernel_width][in_channels][4] each; the last is
   padded. Sums wrap. */
SMIDGEN_INLINE void smidgen_transpose_conv_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict output, int32_t batches, int32_t in_height,
    int32_t in_width, int32_t in_channels, int32_t out_height, int32_t out_width,
    int32_t out_channels, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t pad_top, int32_t pad_left, int32_t input_zero_point,
    int32_t filter_zero_point, int32_t rounding, int32_t output_zero_point, int32_t low,
    int32_t high) {
    for (int32_t pixel = 0; pixel < batches * out_height * out_width; pixel++) {
        const int32_t y = pixel / out_width % out_height + pad_top;
        const int32_t x = pixel % out_width + pad_left;
        const int8_t *const image =
            input + pixel / (out_width * out_height) * (in_height * in_width * in_channels);
        for (int32_t first = 0; first < out_channels; first += 4) {
            const int8_t *const block = filter + first * kernel_height * kernel_width * in_channels;
            uint32_t sums[4] = {0};
            for (int32_t ky = y % stride_y; ky < kernel_height && ky <= y; ky += stride_y) {
                for (int32_t kx = x % stride_x; kx < kernel_width && kx <= x; kx += stride_x) {
                    const int32_t iy = (y - ky) / stride_y, ix = (x - kx) / stride_x;
                    if (iy >= in_height || ix >= in_width) {
                        continue;
                    }
                    const int8_t *const from = image + (iy * in_width + ix) * in_channels;
                    const int8_t *w = block + (ky * kernel_width + kx) * in_channels * 4;
                    for (int32_t c = 0; c < in_channels; c++) {
                        const int32_t value = from[c] - input_zero_point;
                        sums[0] += (uint32_t)(value * (w[0] - filter_zero_point));
                        sums[1] += (uint32_t)(value * (w[1] - filter_zero_point));
                        sums[2] += (uint32_t)(value * (w[2] - filter_zero_point));
                        sums[3] += (uint32_t)(value * (w[3] - filter_zero_point));
                        w += 4;
                    }
                }
            }
            for (int32_t i = 0; i < 4 && first + i < out_channels; i++) {
                const int32_t channel = first + i;
                *output++ = smidgen_output_s8((int32_t)sums[i], (uint32_t)bias[channel],
                                              scale + 2 * channel, rounding, output_zero_point, low,
                                              high);
            }
        }
    }
}

#endif
