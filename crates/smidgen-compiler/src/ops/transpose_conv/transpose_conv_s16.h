/* Transposed 2-D convolution of int16 with int8 weights, four channels at a time. */
#ifndef SMIDGEN_TRANSPOSE_CONV_S16_H
#define SMIDGEN_TRANSPOSE_CONV_S16_H

#include "smidgen_requantise_s16.h"

/* filter: blocks of four channels, [kernel_height][kernel_width][in_channels][4] each; the last is
   padded. bias: int64 where `wide`, else int32. The sum of `run` products does not overflow 32 bits. */
SMIDGEN_INLINE void smidgen_transpose_conv_s16(
    const int16_t *restrict input, const int8_t *restrict filter, const void *restrict bias,
    const int32_t *restrict scale, int16_t *restrict output, int32_t batches, int32_t in_height,
    int32_t in_width, int32_t in_channels, int32_t out_height, int32_t out_width,
    int32_t out_channels, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t pad_top, int32_t pad_left, int32_t run, int32_t wide,
    int32_t rounding, int32_t low, int32_t high) {
    for (int32_t pixel = 0; pixel < batches * out_height * out_width; pixel++) {
        const int32_t y = pixel / out_width % out_height + pad_top;
        const int32_t x = pixel % out_width + pad_left;
        const int16_t *const image =
            input + pixel / (out_width * out_height) * (in_height * in_width * in_channels);
        for (int32_t first = 0; first < out_channels; first += 4) {
            const int8_t *const block = filter + first * kernel_height * kernel_width * in_channels;
            int64_t totals[4] = {0};
            int32_t sums[4] = {0};
            for (int32_t ky = y % stride_y; ky < kernel_height && ky <= y; ky += stride_y) {
                for (int32_t kx = x % stride_x; kx < kernel_width && kx <= x; kx += stride_x) {
                    const int32_t iy = (y - ky) / stride_y, ix = (x - kx) / stride_x;
                    if (iy >= in_height || ix >= in_width) {
                        continue;
                    }
                    const int16_t *const from = image + (iy * in_width + ix) * in_channels;
                    const int8_t *w = block + (ky * kernel_width + kx) * in_channels * 4;
                    for (int32_t start = 0; start < in_channels; start += run) {
                        const int32_t left = in_channels - start;
                        const int32_t end = start + (left < run ? left : run);
                        for (int32_t c = start; c < end; c++) {
                            sums[0] += from[c] * w[0];
                            sums[1] += from[c] * w[1];
                            sums[2] += from[c] * w[2];
                            sums[3] += from[c] * w[3];
                            w += 4;
                        }
                        for (int32_t i = 0; wide && i < 4; i++) {
                            totals[i] += sums[i];
                            sums[i] = 0;
                        }
                    }
                }
            }
            for (int32_t i = 0; i < 4 && first + i < out_channels; i++) {
                const int32_t channel = first + i;
                const int64_t sum =
                    smidgen_add_bias(wide ? totals[i] : sums[i], bias, channel, wide);
                *output++ = smidgen_output_s16(sum, scale + SMIDGEN_S16_WORDS(rounding) * channel,
                                               rounding, low, high);
            }
        }
    }
}

#endif
