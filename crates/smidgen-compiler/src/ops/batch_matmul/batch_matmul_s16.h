/* Products of matrices of int16. */
#ifndef SMIDGEN_BATCH_MATMUL_S16_H
#define SMIDGEN_BATCH_MATMUL_S16_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise_s16.h"

/* Products of one row with `count` neighbouring columns, at most four. */
SMIDGEN_INLINE void smidgen_batch_matmul_s16_dot(const int16_t *a, const int16_t *b, int32_t depth,
                                                int32_t left_step, int32_t right_step,
                                                int32_t column_step, int32_t count,
                                                int64_t *sums) {
    int64_t local[4] = {0};
    for (int32_t i = 0; i < depth; i++) {
        const int32_t x = *a;
        for (int32_t j = 0; j < count; j++) {
            local[j] += (int64_t)x * b[j * column_step];
        }
        a += left_step;
        b += right_step;
    }
    for (int32_t j = 0; j < count; j++) {
        sums[j] = local[j];
    }
}

/* axes: see smidgen_next_row. Elements of the left matrix are row_step apart from row to row and
   left_step along the depth, those of the right one right_step and column_step. */
SMIDGEN_INLINE void smidgen_batch_matmul_s16(
    const int16_t *left, const int16_t *right, const int32_t *scale, int16_t *restrict output, const int32_t *axes,
    int32_t rank, int32_t rows, int32_t columns, int32_t depth, int32_t row_step,
    int32_t left_step, int32_t right_step, int32_t column_step,
    int32_t rounding, int32_t low, int32_t high) {
    smidgen_rows at = {0};
    do {
        for (int32_t row = 0; row < rows; row++) {
            const int16_t *const a = left + at.a + row * row_step;
            for (int32_t column = 0; column < columns; column += 4) {
                const int16_t *const b = right + at.b + column * column_step;
                const int32_t count = columns - column < 4 ? columns - column : 4;
                int64_t sums[4];
                if (count == 4) {
                    smidgen_batch_matmul_s16_dot(a, b, depth, left_step, right_step, column_step,
                                                4, sums);
                } else {
                    for (int32_t i = 0; i < count; i++) {
                        smidgen_batch_matmul_s16_dot(a, b + i * column_step, depth, left_step,
                                                    right_step, column_step, 1,
                                                    sums + i);
                    }
                }
                for (int32_t i = 0; i < count; i++) {
                    *output++ = smidgen_output_s16(sums[i], scale, rounding, low, high);
                }
            }
        }
    } while (smidgen_next_row(&at, axes, rank, 2));
}

#endif
