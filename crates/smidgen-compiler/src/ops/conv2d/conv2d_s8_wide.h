/* 2-D convolution of int8 for cores that multiply 32 by 32 bits and add to 64 in one instruction:
   two pixels by four channels at a time, with one multiplication for two products. */
#ifndef SMIDGEN_CONV2D_S8_WIDE_H
#define SMIDGEN_CONV2D_S8_WIDE_H

#include "smidgen_requantise.h"
#include "smidgen_weights.h"

/* Two neighbouring pixels a and b become the word b * 2^24 + (a + 128). Its product with a weight w
   is w * b * 2^24 + w * (a + 128), and a 64-bit sum of such products holds the sum for b above bit
   24 and the sum for a below, as long as the latter fits in 24 bits. That is checked for the actual
   weights when a model is compiled; the 128 is taken out of the bias. */
SMIDGEN_INLINE int32_t smidgen_conv2d_s8_wide_pair(int32_t a, int32_t b) {
    return b * ((int32_t)1 << 24) + (a + 128);
}

/* Packs the windows at column x and at x + stride_x into `patch`, with the zero point outside the
   input. */
SMIDGEN_INLINE void smidgen_conv2d_s8_wide_gather(
    const int8_t *restrict input, int32_t *restrict patch, int32_t height, int32_t width,
    int32_t channels, int32_t group_in, int32_t y, int32_t x, int32_t kernel_height,
    int32_t kernel_width, int32_t stride_x, int32_t dilation_y, int32_t dilation_x,
    int32_t zero_point) {
    /* A row of a window without gaps that lies inside the input is one run of bytes. */
    const int32_t dense = dilation_x == 1 && group_in == channels;
    const int32_t inside = dense && x >= 0 && x + stride_x + kernel_width <= width;
    const int32_t next = stride_x * channels;
    for (int32_t ky = 0; ky < kernel_height; ky++) {
        const int32_t iy = y + ky * dilation_y;
        const int32_t row_inside = iy >= 0 && iy < height;
        const int8_t *const row = input + (row_inside ? iy : 0) * width * channels;
        if (inside && row_inside) {
            const int8_t *p = row + x * channels;
            for (int32_t i = 0; i < kernel_width * channels; i++) {
                *patch++ = smidgen_conv2d_s8_wide_pair(p[0], p[next]);
                p++;
            }
            continue;
        }
        for (int32_t kx = 0; kx < kernel_width; kx++) {
            const int32_t a = x + kx * dilation_x, b = a + stride_x;
            const int32_t has_a = row_inside && a >= 0 && a < width;
            const int32_t has_b = row_inside && b >= 0 && b < width;
            for (int32_t c = 0; c < group_in; c++) {
                *patch++ = smidgen_conv2d_s8_wide_pair(has_a ? row[a * channels + c] : zero_point,
                                                       has_b ? row[b * channels + c] : zero_point);
            }
        }
    }
}

/* Adds the products of a pair with the weights of four channels. */
SMIDGEN_INLINE void smidgen_conv2d_s8_wide_tap(int32_t x, const int8_t *filter, int32_t bits,
                                               int64_t *sums) {
    sums[0] += (int64_t)x * smidgen_weight(filter, 0, bits);
    sums[1] += (int64_t)x * smidgen_weight(filter, 1, bits);
    sums[2] += (int64_t)x * smidgen_weight(filter, 2, bits);
    sums[3] += (int64_t)x * smidgen_weight(filter, 3, bits);
}

/* Outputs of one channel for two pixels. A second pixel that does not exist is the first. */
SMIDGEN_INLINE void smidgen_conv2d_s8_wide_store(int64_t sum, const int32_t *scale,
                                                 int32_t rounding, int32_t zero_point, int32_t low,
                                                 int32_t high, int8_t *first, int8_t *second) {
    const int32_t a = (int32_t)(sum & 0xffffff) - ((int32_t)1 << 23);
    const int32_t b = (int32_t)(sum >> 24);
    *second = smidgen_output_s8(b, 0, scale, rounding, zero_point, low, high);
    *first = smidgen_output_s8(a, 0, scale, rounding, zero_point, low, high);
}

/* Outputs of up to four channels for two pixels. bias: see smidgen_conv2d_s8_wide. excess: to be
   subtracted from all sums. */
SMIDGEN_INLINE void smidgen_conv2d_s8_wide_block(const int32_t *x, int32_t length,
                                                 const int8_t *filter, int32_t bits,
                                                 const int64_t *bias, int64_t excess,
                                                 const int32_t *scale,
                                                 int32_t count, int32_t rounding,
                                                 int32_t zero_point, int32_t low, int32_t high,
                                                 int8_t *first, int8_t *second) {
    int64_t sums[4] = {bias[0] - excess, bias[1] - excess, bias[2] - excess, bias[3] - excess};
    const int32_t *const end = x + length;
    const int32_t *const unrolled = x + length / 4 * 4;
    while (x != unrolled) {
        smidgen_conv2d_s8_wide_tap(x[0], filter, bits, sums);
        smidgen_conv2d_s8_wide_tap(x[1], filter + bits / 2, bits, sums);
        smidgen_conv2d_s8_wide_tap(x[2], filter + bits, bits, sums);
        smidgen_conv2d_s8_wide_tap(x[3], filter + 3 * bits / 2, bits, sums);
        x += 4;
        filter += 2 * bits;
    }
    while (x != end) {
        smidgen_conv2d_s8_wide_tap(*x++, filter, bits, sums);
        filter += bits / 2;
    }
    smidgen_conv2d_s8_wide_store(sums[0], scale, rounding, zero_point, low, high,
                                 first, second);
    if (count > 1) {
        smidgen_conv2d_s8_wide_store(sums[1], scale + 2, rounding, zero_point, low, high,
                                     first + 1, second + 1);
    }
    if (count > 2) {
        smidgen_conv2d_s8_wide_store(sums[2], scale + 4, rounding, zero_point, low, high,
                                     first + 2, second + 2);
    }
    if (count > 3) {
        smidgen_conv2d_s8_wide_store(sums[3], scale + 6, rounding, zero_point, low, high,
                                     first + 3, second + 3);
    }
}

/* filter: for each group, blocks of four channels with interleaved weights; the last block is
   padded with the zero point, bias and scale with zeros. bias: start of the 64-bit sums; both
   halves include -input_zero_point * sum of weights, the lower one also -128 * sum of weights and
   2^23, so that it stays positive. patch: one word per tap. */
SMIDGEN_INLINE void smidgen_conv2d_s8_wide(
    const int8_t *restrict input, const int8_t *restrict filter, const int64_t *restrict bias,
    const int32_t *restrict scale, int32_t *restrict patch,
    int8_t *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t groups, int32_t group_in,
    int32_t group_out, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left,
    int32_t input_zero_point, int32_t filter_bits, int32_t filter_zero_point, int32_t rounding, int32_t output_zero_point, int32_t low,
    int32_t high) {
    const int32_t out_channels = groups * group_out;
    const int32_t blocks = (group_out + 3) / 4;
    const int32_t taps = kernel_height * kernel_width * group_in;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            for (int32_t ox = 0; ox < out_width; ox += 2) {
                const int32_t pair = out_width % 2 == 0 || ox + 1 < out_width;
                for (int32_t group = 0; group < groups; group++) {
                    smidgen_conv2d_s8_wide_gather(
                        input + group * group_in, patch, in_height, in_width, in_channels,
                        group_in, oy * stride_y - pad_top, ox * stride_x - pad_left, kernel_height,
                        kernel_width, stride_x, dilation_y, dilation_x, input_zero_point);
                    int64_t excess = 0;
                    if (filter_zero_point != 0) {
                        for (int32_t i = 0; i < taps; i++) {
                            excess += patch[i];
                        }
                        excess *= filter_zero_point;
                    }
                    int8_t *to = output + group * group_out;
                    for (int32_t block = 0; block < blocks; block++) {
                        const int32_t at = (group * blocks + block) * 4;
                        const int32_t left = group_out - 4 * block;
                        const int32_t count = group_out % 4 == 0 ? 4 : left;
                        smidgen_conv2d_s8_wide_block(patch, taps, filter + at * taps * filter_bits / 8,
                                                     filter_bits, bias + at,
                                                     excess, scale + 2 * at, count, rounding,
                                                     output_zero_point, low, high, to,
                                                     pair ? to + out_channels : to);
                        to += 4;
                    }
                }
                output += pair ? 2 * out_channels : out_channels;
            }
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
