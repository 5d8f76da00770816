/* Depthwise 2-D convolution of int8, channel by channel. */
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
            for (; x + 4 <= right; x += 4) {
                plane[0] = from[0];
                plane[1] = from[channels];
                plane[2] = from[2 * channels];
                plane[3] = from[3 * channels];
                plane += 4;
                from += 4 * channels;
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

/* Three taps in a row. */
typedef struct {
    int32_t left, middle, right;
} smidgen_depthwise_conv2d_s8_taps;

SMIDGEN_INLINE smidgen_depthwise_conv2d_s8_taps
smidgen_depthwise_conv2d_s8_load(const int8_t *filter, int32_t zero_point) {
    const smidgen_depthwise_conv2d_s8_taps taps = {
        filter[0] - zero_point, filter[1] - zero_point, filter[2] - zero_point};
    return taps;
}

SMIDGEN_INLINE int32_t smidgen_depthwise_conv2d_s8_dot(int32_t sum, const int8_t *x,
                                                       int32_t dilation,
                                                       smidgen_depthwise_conv2d_s8_taps w) {
    sum += x[0] * w.left;
    sum += x[dilation] * w.middle;
    sum += x[2 * dilation] * w.right;
    return sum;
}

/* Outputs of `rows` rows of one channel from its plane, for windows of 3 x 3 taps. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8_3x3(
    const int8_t *restrict plane, const int8_t *filter, uint32_t bias, const int32_t *scale,
    int8_t *restrict output, int32_t rows, int32_t width, int32_t plane_width, int32_t out_channels,
    int32_t stride_y, int32_t stride_x, int32_t dilation_y, int32_t dilation_x,
    int32_t filter_zero_point, int32_t rounding, int32_t zero_point, int32_t low, int32_t high) {
    const int32_t row_step = plane_width * dilation_y;
    const smidgen_depthwise_conv2d_s8_taps top =
        smidgen_depthwise_conv2d_s8_load(filter, filter_zero_point);
    const smidgen_depthwise_conv2d_s8_taps middle =
        smidgen_depthwise_conv2d_s8_load(filter + 3, filter_zero_point);
    const smidgen_depthwise_conv2d_s8_taps bottom =
        smidgen_depthwise_conv2d_s8_load(filter + 6, filter_zero_point);
    for (int32_t oy = 0; oy < rows; oy++) {
        const int8_t *x = plane;
        for (int32_t ox = 0; ox < width; ox++) {
            int32_t sum = 0;
            sum = smidgen_depthwise_conv2d_s8_dot(sum, x, dilation_x, top);
            sum = smidgen_depthwise_conv2d_s8_dot(sum, x + row_step, dilation_x, middle);
            sum = smidgen_depthwise_conv2d_s8_dot(sum, x + 2 * row_step, dilation_x, bottom);
            *output = smidgen_output_s8(sum, bias, scale, rounding, zero_point, low, high);
            output += out_channels;
            x += stride_x;
            SMIDGEN_FORGET(x);
        }
        plane += stride_y * plane_width;
    }
}

/* The same for any window. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8_any(
    const int8_t *restrict plane, const int8_t *filter, uint32_t bias, const int32_t *scale,
    int8_t *restrict output, int32_t rows, int32_t width, int32_t plane_width, int32_t out_channels,
    int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x,
    int32_t dilation_y, int32_t dilation_x, int32_t filter_zero_point, int32_t rounding,
    int32_t zero_point, int32_t low, int32_t high) {
    for (int32_t oy = 0; oy < rows; oy++) {
        for (int32_t ox = 0; ox < width; ox++) {
            const int8_t *w = filter;
            int32_t sum = 0;
            for (int32_t ky = 0; ky < kernel_height; ky++) {
                const int8_t *x = plane + ky * dilation_y * plane_width + ox * stride_x;
                for (int32_t kx = 0; kx < kernel_width; kx++) {
                    sum += *x * (*w++ - filter_zero_point);
                    x += dilation_x;
                }
            }
            *output = smidgen_output_s8(sum, bias, scale, rounding, zero_point, low, high);
            output += out_channels;
        }
        plane += stride_y * plane_width;
    }
}

/* filter: [in_channels * channel_multiplier][kernel_height][kernel_width]. bias: includes
   -input_zero_point * sum of weights. plane: room for the input rows that `band` output rows see.
   There are fewer than 2^16 taps, so that sums of products do not overflow. */
SMIDGEN_INLINE void smidgen_depthwise_conv2d_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict plane, int8_t *restrict output, int32_t batches,
    int32_t in_height, int32_t in_width, int32_t in_channels, int32_t out_height, int32_t out_width,
    int32_t channel_multiplier, int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
    int32_t stride_x, int32_t dilation_y, int32_t dilation_x, int32_t pad_top, int32_t pad_left,
    int32_t band, int32_t plane_width, int32_t input_zero_point, int32_t filter_zero_point,
    int32_t rounding, int32_t output_zero_point, int32_t low, int32_t high) {
    const int32_t out_channels = in_channels * channel_multiplier;
    const int32_t taps = kernel_height * kernel_width;
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
                const uint32_t start = (uint32_t)bias[channel];
                if (kernel_height == 3 && kernel_width == 3) {
                    smidgen_depthwise_conv2d_s8_3x3(
                        plane, weights, start, scale + 2 * channel, output + channel, rows,
                        out_width, plane_width, out_channels, stride_y, stride_x, dilation_y,
                        dilation_x, filter_zero_point, rounding, output_zero_point, low, high);
                } else {
                    smidgen_depthwise_conv2d_s8_any(
                        plane, weights, start, scale + 2 * channel, output + channel, rows,
                        out_width, plane_width, out_channels, kernel_height, kernel_width, stride_y,
                        stride_x, dilation_y, dilation_x, filter_zero_point, rounding,
                        output_zero_point, low, high);
                }
            }
            output += rows * out_width * out_channels;
        }
        input += in_height * in_width * in_channels;
    }
}

#endif
