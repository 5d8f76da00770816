/* 2-D convolution of int16 with int8 weights, two pixels by four channels at a time. */
#ifndef SMIDGEN_CONV2D_S16_H
#define SMIDGEN_CONV2D_S16_H

#include "smidgen_requantise_s16.h"
#include "smidgen_weights.h"

/* Adds the products of one tap of two pixels, `pixel_step` elements apart, with four channels. */
SMIDGEN_INLINE void smidgen_conv2d_s16_tap(const int16_t *x, int32_t pixel_step,
                                           const int8_t *filter, int32_t bits,
                                           int32_t *sums) {
    const int32_t a = x[0], b = x[pixel_step];
    const int32_t w0 = smidgen_weight(filter, 0, bits), w1 = smidgen_weight(filter, 1, bits);
    const int32_t w2 = smidgen_weight(filter, 2, bits), w3 = smidgen_weight(filter, 3, bits);
    sums[0] += a * w0;
    sums[4] += b * w0;
    sums[1] += a * w1;
    sums[5] += b * w1;
    sums[2] += a * w2;
    sums[6] += b * w2;
    sums[3] += a * w3;
    sums[7] += b * w3;
}

/* Sums of `rows` runs of `length` products for two pixels and four channels, whose weights are
   interleaved. sums[0..3] belong to the first pixel. */
SMIDGEN_INLINE void smidgen_conv2d_s16_dot(const int16_t *x, int32_t pixel_step, int32_t row_step,
                                           int32_t rows, int32_t length, const int8_t *filter,
                                           int32_t bits, int32_t *sums) {
    int32_t local[8] = {0};
    for (int32_t row = 0; row < rows; row++) {
        const int16_t *p = x + row * row_step;
        const int16_t *const end = p + length;
        const int16_t *const unrolled = p + length / 4 * 4;
        while (p != unrolled) {
            smidgen_conv2d_s16_tap(p, pixel_step, filter, bits, local);
            smidgen_conv2d_s16_tap(p + 1, pixel_step, filter + bits / 2, bits, local);
            smidgen_conv2d_s16_tap(p + 2, pixel_step, filter + bits, bits, local);
            smidgen_conv2d_s16_tap(p + 3, pixel_step, filter + 3 * bits / 2, bits, local);
            p += 4;
            filter += 2 * bits;
        }
        while (p != end) {
            smidgen_conv2d_s16_tap(p++, pixel_step, filter, bits, local);
            filter += bits / 2;
        }
    }
    for (int32_t i = 0; i < 8; i++) {
        sums[i] = local[i];
    }
}

/* The same in 64 bits: a run of at most `run` products does not overflow 32. */
SMIDGEN_INLINE void smidgen_conv2d_s16_wide_dot(const int16_t *x, int32_t pixel_step,
                                                int32_t row_step, int32_t rows, int32_t length,
                                                int32_t run, const int8_t *filter, int32_t bits,
                                                int64_t *sums) {
    for (int32_t i = 0; i < 8; i++) {
        sums[i] = 0;
    }
    for (int32_t row = 0; row < rows; row++) {
        for (int32_t first = 0; first < length; first += run) {
            const int32_t left = length - first;
            const int32_t count = left < run ? left : run;
            int32_t part[8];
            smidgen_conv2d_s16_dot(x + row * row_step + first, pixel_step, 0, 1, count, filter,
                                   bits, part);
            for (int32_t i = 0; i < 8; i++) {
                sums[i] += part[i];
            }
            filter += count * (bits / 2);
        }
    }
}

/* Copies the part of the input that two neighbouring windows see into `patch`, with zeros outside
   the input. The patch has `rows` rows of `columns` pixels of `channels` elements. */
SMIDGEN_INLINE void smidgen_conv2d_s16_patch(const int16_t *input, int32_t height, int32_t width,
                                             int32_t pixel_size, int32_t channels, int32_t y,
                                             int32_t x, int32_t rows, int32_t columns,
                                             int32_t dilation_y, int32_t dilation_x,
                                             int16_t *patch) {
    for (int32_t row = 0; row < rows; row++) {
        const int32_t iy = y + row * dilation_y;
        for (int32_t column = 0; column < columns; column++) {
            const int32_t ix = x + column * dilation_x;
            const int32_t inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
            const int16_t *const from = input + (inside ? (iy * width + ix) * pixel_size : 0);
            for (int32_t c = 0; c < channels; c++) {
                *patch++ = inside ? from[c] : 0;
            }
        }
    }
}

/* filter: for each group, blocks of four channels with interleaved weights; the last block is
   padded with zeros, as are bias and scale. bias: int64 where `wide`, else int32. run: see
   smidgen_conv2d_s16_wide_dot. patch: room for kernel_height * (columns of two neighbouring windows)
   * group_in elements. */
SMIDGEN_INLINE void smidgen_conv2d_s16(
    const int16_t *restrict input, const int8_t *restrict filter, const void *restrict bias,
    const int32_t *restrict scale, int16_t *restrict patch, int16_t *restrict output,
    int32_t batches, int32_t in_height, int32_t in_width, int32_t in_channels, int32_t out_height,
    int32_t out_width, int32_t groups, int32_t group_in, int32_t group_out, int32_t kernel_height,
    int32_t kernel_width, int32_t stride_y, int32_t stride_x, int32_t dilation_y,
    int32_t dilation_x, int32_t pad_top, int32_t pad_left, int32_t filter_bits, int32_t run, int32_t wide,
    int32_t rounding, int32_t low, int32_t high) {
    const int32_t out_channels = groups * group_out;
    const int32_t blocks = (group_out + 3) / 4;
    const int32_t words = SMIDGEN_S16_WORDS(rounding);
    /* Without dilation two neighbouring windows overlap in the patch as they do in the input, so
       that the same code reads both; dilated windows are laid out one after the other. */
    const int32_t dense = dilation_x == 1;
    const int32_t columns = dense ? kernel_width + stride_x : kernel_width;
    const int32_t length = kernel_width * group_in;
    const int32_t pixel_step = dense ? stride_x * group_in : kernel_height * length;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const int32_t y = oy * stride_y - pad_top;
            const int32_t rows_inside = y >= 0 && y + (kernel_height - 1) * dilation_y < in_height;
            for (int32_t ox = 0; ox < out_width; ox += 2) {
                const int32_t x = ox * stride_x - pad_left;
                const int32_t pair = ox + 1 < out_width;
                const int32_t inside = dense && groups == 1 && rows_inside && pair && x >= 0 &&
                                       x + kernel_width + stride_x <= in_width;
                for (int32_t group = 0; group < groups; group++) {
                    const int16_t *from = patch;
                    int32_t row_step = columns * group_in;
                    if (inside) {
                        from = input + (y * in_width + x) * in_channels;
                        row_step = in_width * in_channels * dilation_y;
                    } else {
                        for (int32_t i = 0; i < (dense ? 1 : 2); i++) {
                            smidgen_conv2d_s16_patch(input + group * group_in, in_height, in_width,
                                                     in_channels, group_in, y, x + i * stride_x,
                                                     kernel_height, columns, dilation_y,
                                                     dilation_x, patch + i * pixel_step);
                        }
                    }
                    for (int32_t block = 0; block < blocks; block++) {
                        const int32_t at = (group * blocks + block) * 4;
                        const int8_t *const weights = filter + at * kernel_height * length * filter_bits / 8;
                        const int32_t left = group_out - 4 * block;
                        const int32_t count = left < 4 ? left : 4;
                        int16_t *const to = output + group * group_out + 4 * block;
                        int64_t wide_sums[8];
                        int32_t sums[8];
                        if (wide) {
                            smidgen_conv2d_s16_wide_dot(from, pixel_step, row_step, kernel_height,
                                                        length, run, weights, filter_bits, wide_sums);
                        } else {
                            smidgen_conv2d_s16_dot(from, pixel_step, row_step, kernel_height,
                                                   length, weights, filter_bits, sums);
                        }
                        for (int32_t i = 0; i < (pair ? 8 : 4); i++) {
                            const int32_t channel = i % 4;
                            if (channel < count) {
                                const int64_t sum = smidgen_add_bias(
                                    wide ? wide_sums[i] : sums[i], bias, at + channel, wide);
                                to[i / 4 * out_channels + channel] = smidgen_output_s16(
                                    sum, scale + words * (at + channel), rounding, low, high);
                            }
                        }
                    }
                }
                output += pair ? 2 * out_channels : out_channels;
            }
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
