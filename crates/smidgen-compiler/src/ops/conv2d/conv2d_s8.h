/* 2-D convolution of int8, two pixels by four channels at a time. */
#ifndef SMIDGEN_CONV2D_S8_H
#define SMIDGEN_CONV2D_S8_H

#include "smidgen_requantise.h"
#include "smidgen_weights.h"

/* Sums of `rows` runs of `length` products for two pixels, `pixel_step` bytes apart, and four
   channels, whose weights are interleaved. sums[0..3] belong to the first pixel. bits, zero_point:
   those of the weights. */
SMIDGEN_INLINE const int8_t *smidgen_conv2d_s8_dot(const int8_t *x, int32_t pixel_step,
                                                   int32_t row_step, int32_t rows, int32_t length,
                                                   const int8_t *filter, int32_t bits,
                                                   int32_t zero_point, int32_t *sums) {
    int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    for (int32_t row = 0; row < rows; row++) {
        const int8_t *p = x + row * row_step;
        const int8_t *const end = p + length;
        do {
            const int32_t a = p[0], b = p[pixel_step];
            p++;
            /* Each weight where it is needed: small cores have no registers for four. */
            const int32_t w0 = smidgen_weight(filter, 0, bits) - zero_point;
            a0 += a * w0;
            b0 += b * w0;
            const int32_t w1 = smidgen_weight(filter, 1, bits) - zero_point;
            a1 += a * w1;
            b1 += b * w1;
            const int32_t w2 = smidgen_weight(filter, 2, bits) - zero_point;
            a2 += a * w2;
            b2 += b * w2;
            const int32_t w3 = smidgen_weight(filter, 3, bits) - zero_point;
            a3 += a * w3;
            b3 += b * w3;
            filter += bits / 2;
        } while (p != end);
    }
    sums[0] = a0, sums[1] = a1, sums[2] = a2, sums[3] = a3;
    sums[4] = b0, sums[5] = b1, sums[6] = b2, sums[7] = b3;
    return filter;
}

/* Copies the part of the input that two neighbouring windows see into `patch`, with the zero point
   outside the input. The patch has `rows` rows of `columns` pixels of `channels` bytes. */
SMIDGEN_INLINE void smidgen_conv2d_s8_patch(const int8_t *input, int32_t height, int32_t width,
                                            int32_t pixel_bytes, int32_t channels, int32_t y,
                                            int32_t x, int32_t rows, int32_t columns,
                                            int32_t dilation_y, int32_t dilation_x,
                                            int32_t zero_point, int8_t *patch) {
    for (int32_t row = 0; row < rows; row++) {
        const int32_t iy = y + row * dilation_y;
        for (int32_t column = 0; column < columns; column++) {
            const int32_t ix = x + column * dilation_x;
            if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
                const int8_t *from = input + (iy * width + ix) * pixel_bytes;
                for (int32_t c = 0; c < channels; c++) {
                    patch[c] = from[c];
                }
            } else {
                for (int32_t c = 0; c < channels; c++) {
                    patch[c] = (int8_t)zero_point;
                }
            }
            patch += channels;
        }
    }
}

SMIDGEN_INLINE void smidgen_conv2d_s8_store(const int32_t *sums, int32_t count, const int32_t *bias,
                                            const int32_t *scale, int32_t rounding,
                                            int32_t zero_point, int32_t low, int32_t high,
                                            int8_t *output) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = smidgen_output_s8(sums[i], (uint32_t)bias[i], scale + 2 * i, rounding,
                                      zero_point, low, high);
    }
}

/* filter: for each group, blocks of four channels with interleaved weights; the last block is
   padded with the zero point, bias and scale with zeros. bias: includes -input_zero_point * sum of
   weights. patch: room for rows * (columns of two neighbouring windows) * group_in bytes. */
SMIDGEN_INLINE void smidgen_conv2d_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict patch,
    int8_t *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t groups, int32_t group_in,
    int32_t group_out, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left,
    int32_t input_zero_point, int32_t filter_bits, int32_t filter_zero_point, int32_t rounding, int32_t output_zero_point, int32_t low,
    int32_t high) {
    const int32_t out_channels = groups * group_out;
    /* Without dilation two neighbouring windows overlap in the patch as they do in the input, so
       that the same code reads both; dilated windows are laid out one after the other. */
    const int32_t dense = dilation_x == 1;
    const int32_t columns = dense ? kernel_width + stride_x : kernel_width;
    const int32_t pixel_step =
        dense ? stride_x * group_in : kernel_height * kernel_width * group_in;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const int32_t y = oy * stride_y - pad_top;
            const int32_t rows_inside =
                y >= 0 && y + (kernel_height - 1) * dilation_y < in_height;
            for (int32_t ox = 0; ox < out_width; ox += 2) {
                const int32_t x = ox * stride_x - pad_left;
                const int32_t second = ox + 1 < out_width ? out_channels : 0;
                const int32_t reach = kernel_width + (second ? stride_x : 0);
                const int32_t inside =
                    dense && groups == 1 && rows_inside && x >= 0 && x + reach <= in_width &&
                    second;
                for (int32_t group = 0; group < groups; group++) {
                    const int8_t *from = patch;
                    int32_t row_step = columns * group_in;
                    const int8_t *group_input = input + group * group_in;
                    if (inside) {
                        from = input + (y * in_width + x) * in_channels;
                        row_step = in_width * in_channels * dilation_y;
                    } else {
                        smidgen_conv2d_s8_patch(group_input, in_height, in_width, in_channels,
                                                group_in, y, x, kernel_height, columns, dilation_y,
                                                dilation_x, input_zero_point, patch);
                        if (!dense) {
                            smidgen_conv2d_s8_patch(group_input, in_height, in_width, in_channels,
                                                    group_in, y, x + stride_x, kernel_height,
                                                    columns, dilation_y, dilation_x,
                                                    input_zero_point, patch + pixel_step);
                        }
                    }
                    const int32_t blocks = (group_out + 3) / 4;
                    const int8_t *weights =
                        filter + group * blocks * kernel_height * kernel_width * group_in *
                                     (filter_bits / 2);
                    for (int32_t block = 0; block < blocks; block++) {
                        const int32_t left = group_out - 4 * block;
                        const int32_t count = left < 4 ? left : 4;
                        const int32_t at = (group * blocks + block) * 4;
                        int32_t sums[8];
                        weights = smidgen_conv2d_s8_dot(from, pixel_step, row_step, kernel_height,
                                                        kernel_width * group_in, weights,
                                                        filter_bits, filter_zero_point, sums);
                        int8_t *to = output + group * group_out + block * 4;
                        smidgen_conv2d_s8_store(sums, count, bias + at, scale + 2 * at,
                                                rounding, output_zero_point, low, high, to);
                        smidgen_conv2d_s8_store(sums + 4, second ? count : 0, bias + at, scale + 2 * at, rounding, output_zero_point, low, high,
                                                to + second);
                    }
                }
                output += second ? 2 * out_channels : out_channels;
            }
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
