/* Depthwise 2-D convolution of int8, channel by channel, two neighbouring outputs at a time. */
#ifndef SMIDGEN_DEPTHWISE_CONV2D_S8_H
#define SMIDGEN_DEPTHWISE_CONV2D_S8_H

#include "smidgen_requantise.h"

/* Gathers rows y to y + rows - 1 of one channel into a plane of `plane_width` columns, with the
   zero point outside the input, so that no window needs to look at borders. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8_gather(const int8_t *restrict input, int32_t height,
                                                       int32_t width, int32_t channels, int32_t y,
                                                       int32_t rows, int32_t pad_left,
                                                       int32_t plane_width, int32_t zero_point,
                                                       int8_t *restrict plane) {
    const int32_t end = pad_left + width;
    const int32_t left = pad_left < plane_width ? pad_left : plane_width;
    const int32_t right = end < plane_width ? end : plane_width;
    for (int32_t row = y; row < y + rows; row++) {
        int32_t x = 0;
        if (row >= 0 && row < height) {
            const int8_t *from = input + row * width * channels;
            for (; x < left; x++) {
                *plane++ = (int8_t)zero_point;
            }
            for (; x < right; x++) {
                *plane++ = *from;
                from += channels;
            }
        }
        for (; x < plane_width; x++) {
            *plane++ = (int8_t)zero_point;
        }
    }
}

/* Adds a row of three taps to the sums of two windows. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8_row(const int8_t *x, int32_t next, int32_t dilation,
                                                    const int32_t *w, uint32_t *a, uint32_t *b) {
    *a += (uint32_t)(x[0] * w[0]);
    *a += (uint32_t)(x[dilation] * w[1]);
    *a += (uint32_t)(x[2 * dilation] * w[2]);
    *b += (uint32_t)(x[next] * w[0]);
    *b += (uint32_t)(x[next + dilation] * w[1]);
    *b += (uint32_t)(x[next + 2 * dilation] * w[2]);
}

/* filter: [in_channels * multiplier_channels][kernel_height][kernel_width]. bias: includes
   -input_zero_point * sum of weights. plane: room for the input rows that `band` output rows see,
   as wide as an even number of outputs needs. Sums wrap. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict multiplier, const int8_t *restrict shift, int8_t *restrict plane,
    int8_t *restrict output, int32_t batches, int32_t in_height, int32_t in_width,
    int32_t in_channels, int32_t out_height, int32_t out_width, int32_t channel_multiplier,
    int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x,
    int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left, int32_t band,
    int32_t plane_width, int32_t input_zero_point, int32_t rounding, int32_t output_zero_point,
    int32_t low, int32_t high) {
    const int32_t out_channels = in_channels * channel_multiplier;
    const int32_t taps = kernel_height * kernel_width;
    const int32_t row_step = plane_width * dilation_y;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t first = 0; first < out_height; first += band) {
            const int32_t left = out_height - first;
            const int32_t rows = left < band ? left : band;
            const int32_t plane_rows = (rows - 1) * stride_y + (kernel_height - 1) * dilation_y + 1;
            for (int32_t channel = 0; channel < out_channels; channel++) {
                if (channel % channel_multiplier == 0) {
                    smidgen_depthwise_conv2d_s8_gather(
                        input + channel / channel_multiplier, in_height, in_width, in_channels,
                        first * stride_y - pad_top, plane_rows, pad_left, plane_width,
                        input_zero_point, plane);
                }
                const int8_t *const weights = filter + channel * taps;
                const int32_t nine = kernel_height == 3 && kernel_width == 3 ? 1 : 0;
                const int32_t top[3] = {weights[0], weights[nine], weights[2 * nine]};
                const int32_t middle[3] = {weights[3 * nine], weights[4 * nine], weights[5 * nine]};
                const int32_t bottom[3] = {weights[6 * nine], weights[7 * nine], weights[8 * nine]};
                const uint32_t start = (uint32_t)bias[channel];
                const int32_t scale = multiplier[channel], exponent = shift[channel];
                int8_t *out = output + channel;
                for (int32_t oy = 0; oy < rows; oy++) {
                    const int8_t *x = plane + oy * stride_y * plane_width;
                    for (int32_t ox = 0; ox < out_width; ox += 2) {
                        uint32_t a = start, b = start;
                        if (kernel_height == 3 && kernel_width == 3) {
                            smidgen_depthwise_conv2d_s8_row(x, stride_x, dilation_x, top, &a, &b);
                            smidgen_depthwise_conv2d_s8_row(x + row_step, stride_x, dilation_x,
                                                            middle, &a, &b);
                            smidgen_depthwise_conv2d_s8_row(x + 2 * row_step, stride_x, dilation_x,
                                                            bottom, &a, &b);
                        } else {
                            const int8_t *tap = weights;
                            for (int32_t ky = 0; ky < kernel_height; ky++) {
                                const int8_t *p = x + ky * row_step;
                                for (int32_t kx = 0; kx < kernel_width; kx++) {
                                    const int32_t weight = *tap++;
                                    a += (uint32_t)(p[0] * weight);
                                    b += (uint32_t)(p[stride_x] * weight);
                                    p += dilation_x;
                                }
                            }
                        }
                        *out = smidgen_output_s8((int32_t)a, scale, exponent, rounding,
                                                 output_zero_point, low, high);
                        out += out_channels;
                        if (ox + 1 < out_width) {
                            *out = smidgen_output_s8((int32_t)b, scale, exponent, rounding,
                                                     output_zero_point, low, high);
                            out += out_channels;
                        }
                        x += 2 * stride_x;
                    }
                }
            }
            output += rows * out_width * out_channels;
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
