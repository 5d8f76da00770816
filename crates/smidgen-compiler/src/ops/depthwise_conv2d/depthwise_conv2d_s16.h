/* Depthwise 2-D convolution of int16 with int8 weights, channel by channel. */
#ifndef SMIDGEN_DEPTHWISE_CONV2D_S16_H
#define SMIDGEN_DEPTHWISE_CONV2D_S16_H

#include "smidgen_requantise_s16.h"

/* Gathers rows y to y + rows - 1 of one channel into a plane of `plane_width` columns, with zeros
   outside the input, so that no window needs to look at borders. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s16_gather(const int16_t *restrict input,
                                                        int32_t height, int32_t width,
                                                        int32_t channels, int32_t y, int32_t rows,
                                                        int32_t pad_left, int32_t plane_width,
                                                        int16_t *restrict plane) {
    const int32_t end = pad_left + width;
    const int32_t right = end < plane_width ? end : plane_width;
    for (int32_t row = y; row < y + rows; row++) {
        int32_t x = 0;
        if (row >= 0 && row < height) {
            const int16_t *from = input + row * width * channels;
            for (; x < pad_left && x < plane_width; x++) {
                *plane++ = 0;
            }
            for (; x < right; x++) {
                *plane++ = *from;
                from += channels;
            }
        }
        for (; x < plane_width; x++) {
            *plane++ = 0;
        }
    }
}

/* The sum of a window of 3 x 3 taps. */
SMIDGEN_INLINE int32_t smidgen_depthwise_conv2d_s16_3x3(const int16_t *x, int32_t row_step,
                                                        int32_t dilation, const int32_t *w) {
    int32_t sum = 0;
    for (int32_t row = 0; row < 3; row++) {
        sum += x[0] * w[3 * row];
        sum += x[dilation] * w[3 * row + 1];
        sum += x[2 * dilation] * w[3 * row + 2];
        x += row_step;
    }
    return sum;
}

/* The sum of any window, in 64 bits where `wide`. */
SMIDGEN_INLINE int64_t smidgen_depthwise_conv2d_s16_any(const int16_t *x, const int8_t *w,
                                                        int32_t rows, int32_t columns,
                                                        int32_t row_step, int32_t dilation,
                                                        int32_t wide) {
    int64_t sum = 0;
    int32_t narrow_sum = 0;
    for (int32_t row = 0; row < rows; row++) {
        for (int32_t column = 0; column < columns; column++) {
            const int32_t product = x[column * dilation] * *w++;
            if (wide) {
                sum += product;
            } else {
                narrow_sum += product;
            }
        }
        x += row_step;
    }
    return wide ? sum : narrow_sum;
}

/* filter: [in_channels * channel_multiplier][kernel_height][kernel_width]. bias: int64 where `wide`,
   else int32. plane: room for the input rows that `band` output rows see. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s16(
    const int16_t *restrict input, const int8_t *restrict filter, const void *restrict bias,
    const int32_t *restrict scale, int16_t *restrict plane, int16_t *restrict output,
    int32_t batches, int32_t in_height, int32_t in_width, int32_t in_channels, int32_t out_height,
    int32_t out_width, int32_t channel_multiplier, int32_t kernel_height, int32_t kernel_width,
    int32_t stride_y, int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t pad_top,
    int32_t pad_left, int32_t band, int32_t plane_width, int32_t wide, int32_t rounding,
    int32_t low, int32_t high) {
    const int32_t out_channels = in_channels * channel_multiplier;
    const int32_t taps = kernel_height * kernel_width;
    const int32_t row_step = plane_width * dilation_y;
    /* Nine products never leave 32 bits. */
    const int32_t small = kernel_height == 3 && kernel_width == 3;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t first = 0; first < out_height; first += band) {
            const int32_t left = out_height - first;
            const int32_t rows = left < band ? left : band;
            const int32_t plane_rows = (rows - 1) * stride_y + (kernel_height - 1) * dilation_y + 1;
            for (int32_t channel = 0; channel < out_channels; channel++) {
                if (channel % channel_multiplier == 0) {
                    smidgen_depthwise_conv2d_s16_gather(
                        input + channel / channel_multiplier, in_height, in_width, in_channels,
                        first * stride_y - pad_top, plane_rows, pad_left, plane_width, plane);
                }
                const int8_t *const from = filter + channel * taps;
                const int32_t *const factor = scale + SMIDGEN_S16_WORDS(rounding) * channel;
                int32_t weights[9];
                for (int32_t i = 0; i < (small ? 9 : 0); i++) {
                    weights[i] = from[i];
                }
                int16_t *to = output + channel;
                for (int32_t oy = 0; oy < rows; oy++) {
                    const int16_t *x = plane + oy * stride_y * plane_width;
                    for (int32_t ox = 0; ox < out_width; ox++) {
                        const int64_t sum =
                            small ? smidgen_depthwise_conv2d_s16_3x3(x, row_step, dilation_x,
                                                                     weights)
                                  : smidgen_depthwise_conv2d_s16_any(x, from, kernel_height,
                                                                     kernel_width, row_step,
                                                                     dilation_x, wide);
                        *to = smidgen_output_s16(smidgen_add_bias(sum, bias, channel, wide),
                                                 factor, rounding, low, high);
                        to += out_channels;
                        x += stride_x;
                        SMIDGEN_FORGET(x);
                    }
                }
            }
            output += rows * out_width * out_channels;
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
