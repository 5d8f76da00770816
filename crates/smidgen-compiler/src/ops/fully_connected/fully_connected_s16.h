/* Products of an int8 matrix with int16 vectors, four rows at a time. */
#ifndef SMIDGEN_FULLY_CONNECTED_S16_H
#define SMIDGEN_FULLY_CONNECTED_S16_H

#include "smidgen_requantise_s16.h"
#include "smidgen_weights.h"

/* Adds the products of one column with four rows. */
SMIDGEN_INLINE void smidgen_fully_connected_s16_column(int32_t x, const int8_t *w, int32_t bits,
                                                    int32_t *sums) {
    sums[0] += x * smidgen_weight(w, 0, bits);
    sums[1] += x * smidgen_weight(w, 1, bits);
    sums[2] += x * smidgen_weight(w, 2, bits);
    sums[3] += x * smidgen_weight(w, 3, bits);
}

/* filter: blocks of four rows with interleaved weights; the last block is padded with zeros. bias:
   int64 where `wide`, else int32. scale: one per row, or one in all. The sum of `run` products does
   not overflow 32 bits. */
SMIDGEN_INLINE void smidgen_fully_connected_s16(
    const int16_t *restrict input, const int8_t *restrict filter, const void *restrict bias,
    const int32_t *restrict scale, int16_t *restrict output, int32_t batches, int32_t depth,
    int32_t units, int32_t per_channel, int32_t filter_bits, int32_t run, int32_t wide, int32_t rounding, int32_t low,
    int32_t high) {
    const int32_t words = per_channel ? SMIDGEN_S16_WORDS(rounding) : 0;
    for (int32_t batch = 0; batch < batches; batch++) {
        const int8_t *w = filter;
        for (int32_t first = 0; first < units; first += 4) {
            int64_t totals[4] = {0};
            int32_t sums[4] = {0};
            for (int32_t start = 0; start < depth; start += run) {
                int32_t part[4] = {0};
                const int32_t left = depth - start;
                const int32_t count = left < run ? left : run;
                const int16_t *x = input + start;
                const int16_t *const end = x + count;
                const int16_t *const unrolled = x + count / 4 * 4;
                while (x != unrolled) {
                    smidgen_fully_connected_s16_column(x[0], w, filter_bits, part);
                    smidgen_fully_connected_s16_column(x[1], w + filter_bits / 2, filter_bits,
                                                       part);
                    smidgen_fully_connected_s16_column(x[2], w + filter_bits, filter_bits,
                                                       part);
                    smidgen_fully_connected_s16_column(x[3], w + 3 * filter_bits / 2, filter_bits,
                                                       part);
                    x += 4;
                    w += 2 * filter_bits;
                }
                while (x != end) {
                    smidgen_fully_connected_s16_column(*x++, w, filter_bits, part);
                    w += filter_bits / 2;
                }
                for (int32_t i = 0; i < 4; i++) {
                    if (wide) {
                        totals[i] += part[i];
                    } else {
                        sums[i] = part[i];
                    }
                }
            }
            for (int32_t i = 0; i < 4 && first + i < units; i++) {
                const int64_t sum =
                    smidgen_add_bias(wide ? totals[i] : sums[i], bias, first + i, wide);
                output[first + i] =
                    smidgen_output_s16(sum, scale + words * (first + i), rounding, low, high);
            }
        }
        input += depth;
        output += units;
    }
}

#endif
