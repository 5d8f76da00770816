/* Images of another size, made of four weighted pixels, in fixed point. */
#ifndef SMIDGEN_RESIZE_BILINEAR_H
#define SMIDGEN_RESIZE_BILINEAR_H

#include "smidgen_common.h"

/* The two rows or columns that an output row or column lies between, and how far behind the first, in
   units of 2^-10. */
typedef struct {
    int32_t low, high, fraction;
} smidgen_resize_between;

SMIDGEN_INLINE smidgen_resize_between smidgen_resize_at(int32_t index, int32_t scale,
                                                        int32_t offset, int32_t size) {
    const int32_t at = index * scale + offset;
    smidgen_resize_between between;
    between.low = smidgen_clamp(at / 1024, 0, size - 1);
    between.high = smidgen_clamp((at + 1023) / 1024, 0, size - 1);
    between.fraction = between.low == between.high ? 0 : at - 1024 * between.low;
    return between;
}

/* An element of `bytes` 1 or 2. */
SMIDGEN_INLINE int32_t smidgen_resize_load(const void *input, int32_t at, int32_t bytes) {
    return bytes == 1 ? ((const int8_t *)input)[at] : ((const int16_t *)input)[at];
}

/* The quotient by 2^20, halves away from zero. */
SMIDGEN_INLINE int32_t smidgen_resize_round(int64_t sum, int32_t bytes) {
    const int32_t half = sum > 0 ? 1 << 19 : -(1 << 19);
    return bytes == 1 ? ((int32_t)sum + half) / (1 << 20) : (int32_t)((sum + half) / (1 << 20));
}

/* Elements have `bytes` 1 or 2. Scales are input rows or columns per output row or column, in units of
   2^-10, as are the offsets of the first. */
SMIDGEN_INLINE void smidgen_resize_bilinear(const void *input, void *output, int32_t batches,
                                            int32_t in_height, int32_t in_width, int32_t out_height,
                                            int32_t out_width, int32_t channels, int32_t bytes,
                                            int32_t scale_y, int32_t scale_x, int32_t offset_y,
                                            int32_t offset_x) {
    int32_t written = 0;
    for (int32_t batch = 0; batch < batches; batch++) {
        const int32_t image = batch * in_height * in_width * channels;
        for (int32_t oy = 0; oy < out_height; oy++) {
            const smidgen_resize_between y = smidgen_resize_at(oy, scale_y, offset_y, in_height);
            const int32_t up = image + y.low * in_width * channels;
            const int32_t down = image + y.high * in_width * channels;
            for (int32_t ox = 0; ox < out_width; ox++) {
                const smidgen_resize_between x = smidgen_resize_at(ox, scale_x, offset_x, in_width);
                const int32_t left = x.low * channels, right = x.high * channels;
                for (int32_t c = 0; c < channels; c++) {
                    const int32_t a =
                        smidgen_resize_load(input, up + left + c, bytes) * (1024 - y.fraction) +
                        smidgen_resize_load(input, down + left + c, bytes) * y.fraction;
                    const int32_t b =
                        smidgen_resize_load(input, up + right + c, bytes) * (1024 - y.fraction) +
                        smidgen_resize_load(input, down + right + c, bytes) * y.fraction;
                    if (bytes == 1) {
                        const int32_t sum = a * (1024 - x.fraction) + b * x.fraction;
                        ((int8_t *)output)[written++] = (int8_t)smidgen_resize_round(sum, bytes);
                    } else {
                        const int64_t sum =
                            (int64_t)a * (1024 - x.fraction) + (int64_t)b * x.fraction;
                        ((int16_t *)output)[written++] = (int16_t)smidgen_resize_round(sum, bytes);
                    }
                }
            }
        }
    }
}

#endif
