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

/* Three taps in a row. */
typedef struct {
    int32_t left, middle, right;
} smidgen_depthwise_conv2d_s16_taps;

SMIDGEN_INLINE smidgen_depthwise_conv2d_s16_taps
smidgen_depthwise_conv2d_s16_load(const int8_t *filter) {
    const smidgen_depthwise_conv2d_s16_taps taps = {filter[0], filter[1], filter[2]};
    return taps;
}

SMIDGEN_INLINE int32_t smidgen_depthwise_conv2d_s16_dot(int32_t sum, const int16_t *x,
                                                        int32_t dilation,
                                                        smidgen_depthwise_conv2d_s16_taps w) {
    sum += x[0] * w.left;
    sum += x[dilation] * w.middle;
    sum += x[2 * dilation] * w.right;
    return sum;
}

/* Outputs of `rows` rows of one channel from its plane, for windows of 3 x 3 taps: nine products do
   not leave 32 bits. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s16_3x3(
    const int16_t *restrict plane, const int8_t *filter, const void *bias, int32_t channel,
    const int32_t *scale, int16_t *restrict output, int32_t rows, int32_t width,
    int32_t plane_width, int32_t out_channels, int32_t stride_y, int32_t stride_x,
    int32_t dilation_y, int32_t dilation_x, int32_t wide, int32_t rounding, int32_t low,
    int32_t high) {
    const int32_t row_step = plane_width * dilation_y;
    const smidgen_depthwise_conv2d_s16_taps top = smidgen_depthwise_conv2d_s16_load(filter);
    const smidgen_depthwise_conv2d_s16_taps middle = smidgen_depthwise_conv2d_s16_load(filter + 3);
    const smidgen_depthwise_conv2d_s16_taps bottom = smidgen_depthwise_conv2d_s16_load(filter + 6);
    for (int32_t oy = 0; oy < rows; oy++) {
        const int16_t *x = plane;
        for (int32_t ox = 0; ox < width; ox++) {
            int32_t sum = 0;
            sum = smidgen_depthwise_conv2d_s16_dot(sum, x, dilation_x, top);
            sum = smidgen_depthwise_conv2d_s16_dot(sum, x + row_step, dilation_x, middle);
            sum = smidgen_depthwise_conv2d_s16_dot(sum, x + 2 * row_step, dilation_x, bottom);
            *output = smidgen_output_s16(smidgen_add_bias(sum, bias, channel, wide), scale,
                                         rounding, low, high);
            output += out_channels;
            x += stride_x;
            SMIDGEN_FORGET(x);
        }
        plane += stride_y * plane_width;
    }
}

/* The same for any window, in 64 bits where `wide`. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s16_any(
    const int16_t *restrict plane, const int8_t *filter, const void *bias, int32_t channel,
    const int32_t *scale, int16_t *restrict output, int32_t rows, int32_t width,
    int32_t plane_width, int32_t out_channels, int32_t kernel_height, int32_t kernel_width,
    int32_t stride_y, int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t wide,
    int32_t rounding, int32_t low, int32_t high) {
    for (int32_t oy = 0; oy < rows; oy++) {
        for (int32_t ox = 0; ox < width; ox++) {
            const int8_t *w = filter;
            int64_t wide_sum = 0;
            int32_t sum = 0;
            for (int32_t ky = 0; ky < kernel_height; ky++) {
                const int16_t *x = plane + ky * dilation_y * plane_width + ox * stride_x;
                for (int32_t kx = 0; kx < kernel_width; kx++) {
                    const int32_t product = *x * *w++;
                    if (wide) {
                        wide_sum += product;
                    } else {
                        sum += product;
                    }
                    x += dilation_x;
                }
            }
            *output = smidgen_output_s16(smidgen_add_bias(wide ? wide_sum : sum, bias, channel, wide),
                                         scale, rounding, low, high);
            output += out_channels;
        }
        plane += stride_y * plane_width;
    }
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
                const int8_t *const weights = filter + channel * taps;
                const int32_t *const factor = scale + SMIDGEN_S16_WORDS(rounding) * channel;
                if (kernel_height == 3 && kernel_width == 3) {
                    smidgen_depthwise_conv2d_s16_3x3(
                        plane, weights, bias, channel, factor, output + channel, rows, out_width,
                        plane_width, out_channels, stride_y, stride_x, dilation_y, dilation_x, wide,
                        rounding, low, high);
                } else {
                    smidgen_depthwise_conv2d_s16_any(
                        plane, weights, bias, channel, factor, output + channel, rows, out_width,
                        plane_width, out_channels, kernel_height, kernel_width, stride_y, stride_x,
                        dilation_y, dilation_x, wide, rounding, low, high);
                }
            }
            output += rows * out_width * out_channels;
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
