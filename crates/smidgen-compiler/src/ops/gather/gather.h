/* Rows chosen by indices. */
#ifndef SMIDGEN_GATHER_H
#define SMIDGEN_GATHER_H

#include "smidgen_index.h"

/* Copies `count` rows of `units` units for each of `outer` in each of `batches`. A row is found by
   `depth` indices, the same for each of `outer`; see smidgen_place. Steps count bytes. */
SMIDGEN_INLINE void smidgen_gather(const void *restrict from, void *restrict to,
                                   const void *restrict indices, int32_t wide, const int32_t *axes,
                                   int32_t depth, int32_t batches, int32_t batch_step,
                                   int32_t outer, int32_t outer_step, int32_t count, int32_t unit,
                                   int32_t units) {
    uint8_t *target = to;
    for (int32_t b = 0; b < batches; b++) {
        for (int32_t o = 0; o < outer; o++) {
            const uint8_t *source = (const uint8_t *)from + b * batch_step + o * outer_step;
            for (int32_t i = 0; i < count; i++) {
                const int32_t at = (b * count + i) * depth;
                const int32_t place = smidgen_place(indices, wide, axes, depth, at);
                smidgen_move_line(source + place, target, unit, units, unit, unit);
                target += unit * units;
            }
        }
    }
}

/* Copies `count` rows of `length` numbers as floats: times one scale, or times the row's. `last` is
   the table's last row. */
SMIDGEN_INLINE void smidgen_gather_f32(const int8_t *restrict from, float *restrict to,
                                       const void *restrict indices, int32_t wide, int32_t last,
                                       const float *scales, int32_t scale_per_row, int32_t count,
                                       int32_t length) {
    for (int32_t i = 0; i < count; i++) {
        const int32_t row = smidgen_index(indices, wide, i, 0, last, 0);
        const float scale = scales[scale_per_row ? row : 0];
        for (int32_t k = 0; k < length; k++) {
            *to++ = (float)from[row * length + k] * scale;
        }
    }
}

#endif
