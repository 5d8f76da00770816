/* Pools of int8 and int16. */
#ifndef SMIDGEN_POOL_2D_H
#define SMIDGEN_POOL_2D_H

#include "smidgen_common.h"

/* What becomes of a window; _UP rounds half up, as uint8 does, _AVERAGE half away from zero. */
enum {
    SMIDGEN_POOL_AVERAGE = 0,
    SMIDGEN_POOL_AVERAGE_UP = 1,
    SMIDGEN_POOL_MAX = 2,
    SMIDGEN_POOL_L2 = 3
};

/* Rows or columns [from, to) of a window that lie inside the input. */
typedef struct {
    int32_t from, to;
} smidgen_span;

SMIDGEN_INLINE smidgen_span smidgen_pool_span(int32_t origin, int32_t kernel, int32_t size) {
    const int32_t end = origin + kernel;
    const smidgen_span span = {origin < 0 ? 0 : origin, end > size ? size : end};
    return span;
}

SMIDGEN_INLINE int32_t smidgen_rounded_mean(int32_t sum, int32_t count, int32_t function) {
    if (function == SMIDGEN_POOL_AVERAGE_UP) {
        sum += count / 2;
        return sum / count - (sum % count < 0 ? 1 : 0);
    }
    return (sum + (sum > 0 ? count / 2 : -(count / 2))) / count;
}

/* Elements have `bytes` bytes, 1 or 2. */
SMIDGEN_INLINE void smidgen_pool_2d(const void *restrict input, void *restrict output,
                                    int32_t batches, int32_t in_height, int32_t in_width,
                                    int32_t channels, int32_t out_height, int32_t out_width,
                                    int32_t kernel_height, int32_t kernel_width, int32_t stride_y,
                                    int32_t stride_x, int32_t pad_top, int32_t pad_left,
                                    int32_t bytes, int32_t function, int32_t low, int32_t high) {
    const int32_t row_bytes = in_width * channels * bytes;
    const uint8_t *plane = input;
    uint8_t *target = output;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t oy = 0; oy < out_height; oy++) {
            const smidgen_span rows =
                smidgen_pool_span(oy * stride_y - pad_top, kernel_height, in_height);
            for (int32_t ox = 0; ox < out_width; ox++) {
                const smidgen_span columns =
                    smidgen_pool_span(ox * stride_x - pad_left, kernel_width, in_width);
                const int32_t count = (rows.to - rows.from) * (columns.to - columns.from);
                for (int32_t c = 0; c < channels; c++) {
                    int32_t total = function == SMIDGEN_POOL_MAX ? INT32_MIN : 0;
                    for (int32_t y = rows.from; y < rows.to; y++) {
                        const uint8_t *x =
                            plane + y * row_bytes + (columns.from * channels + c) * bytes;
                        for (int32_t i = columns.from; i < columns.to; i++) {
                            const int32_t element = bytes == 1
                                                        ? *(const int8_t *)x
                                                        : *(const int16_t *)(const void *)x;
                            total = function != SMIDGEN_POOL_MAX ? total + element
                                    : element > total            ? element
                                                                 : total;
                            x += channels * bytes;
                        }
                    }
                    const int32_t result = function == SMIDGEN_POOL_MAX
                                               ? total
                                               : smidgen_rounded_mean(total, count, function);
                    const int32_t clamped = smidgen_clamp(result, low, high);
                    if (bytes == 1) {
                        *(int8_t *)target = (int8_t)clamped;
                    } else {
                        *(int16_t *)(void *)target = (int16_t)clamped;
                    }
                    target += bytes;
                }
            }
        }
        plane += in_height * row_bytes;
    }
}

#endif
