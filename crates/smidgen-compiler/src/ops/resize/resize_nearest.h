/* Images of another size, made of the nearest pixels. */
#ifndef SMIDGEN_RESIZE_NEAREST_H
#define SMIDGEN_RESIZE_NEAREST_H

#include "smidgen_common.h"

/* source_rows, source_columns: the input row or column of each output row or column. pixel_bytes: of
   all channels. */
SMIDGEN_INLINE void smidgen_resize_nearest(const void *input, void *output,
                                           const int16_t *source_rows,
                                           const int16_t *source_columns, int32_t batches,
                                           int32_t in_height, int32_t in_width, int32_t out_height,
                                           int32_t out_width, int32_t pixel_bytes) {
    const uint8_t *image = input;
    uint8_t *to = output;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t y = 0; y < out_height; y++) {
            const uint8_t *const row = image + source_rows[y] * in_width * pixel_bytes;
            for (int32_t x = 0; x < out_width; x++) {
                smidgen_copy_bytes(row + source_columns[x] * pixel_bytes, to, pixel_bytes);
                to += pixel_bytes;
            }
        }
        image += in_height * in_width * pixel_bytes;
    }
}

#endif
