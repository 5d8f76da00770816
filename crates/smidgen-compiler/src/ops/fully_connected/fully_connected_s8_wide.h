/* Products of an int8 matrix with int8 vectors for cores that multiply 32 by 32 bits and add to 64
   in one instruction: four rows at a time, with one multiplication for two products. */
#ifndef SMIDGEN_FULLY_CONNECTED_S8_WIDE_H
#define SMIDGEN_FULLY_CONNECTED_S8_WIDE_H

#include "smidgen_requantise.h"

/* A word holds a column of four rows: the bytes v[0] + 128, v[3], v[2] + 128 and v[1], lowest
   first. Its outer bytes are the number v[1] * 2^24 + (v[0] + 128), and rotated by 16 bits they are
   v[3] * 2^24 + (v[2] + 128). A 64-bit sum of such numbers times x holds the sum for v[1] above bit
   24 and the sum for v[0], with 128 times the sum of x, below. The latter fits in 24 bits when that
   excess is taken out, with the filter's zero point times the sum of x, which is checked for the
   actual weights when a model is compiled. */
SMIDGEN_INLINE int32_t smidgen_fully_connected_s8_wide_pair(uint32_t word) {
    return (int32_t)(word & 0xff0000ffu);
}

SMIDGEN_INLINE void smidgen_fully_connected_s8_wide_column(int32_t x, int32_t word,
                                                           int64_t *sums) {
    const uint32_t bits = (uint32_t)word;
    sums[0] += (int64_t)smidgen_fully_connected_s8_wide_pair(bits) * x;
    sums[1] += (int64_t)smidgen_fully_connected_s8_wide_pair(bits >> 16 | bits << 16) * x;
}

/* filter: for each four rows, a word per column; rows beyond the last hold the zero point. bias:
   start of the 64-bit sums, one for two rows; both halves include -input_zero_point * sum of
   weights, the lower one also 2^23, so that it stays positive. scale: one per row, or one in all. */
SMIDGEN_INLINE void smidgen_fully_connected_s8_wide(
    const int8_t *restrict input, const int32_t *restrict filter, const int64_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict output, int32_t batches, int32_t depth,
    int32_t units, int32_t per_channel, int32_t filter_zero_point, int32_t rounding,
    int32_t output_zero_point, int32_t low, int32_t high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const int32_t *words = filter;
        const int8_t *const end = input + depth;
        const int8_t *const unrolled = input + depth / 4 * 4;
        int32_t total = 0;
        for (const int8_t *x = input; x != end; x++) {
            total += *x;
        }
        const int64_t excess =
            (int64_t)total * ((int64_t)filter_zero_point * ((1 << 24) + 1) + 128);
        for (int32_t first = 0; first < units; first += 4) {
            int64_t sums[2] = {bias[first / 2] - excess, bias[first / 2 + 1] - excess};
            const int8_t *x = input;
            while (x != unrolled) {
                smidgen_fully_connected_s8_wide_column(x[0], words[0], sums);
                smidgen_fully_connected_s8_wide_column(x[1], words[1], sums);
                smidgen_fully_connected_s8_wide_column(x[2], words[2], sums);
                smidgen_fully_connected_s8_wide_column(x[3], words[3], sums);
                x += 4;
                words += 4;
            }
            while (x != end) {
                smidgen_fully_connected_s8_wide_column(*x++, *words++, sums);
            }
            for (int32_t i = 0; i < 4 && first + i < units; i++) {
                const int64_t pair = sums[i / 2];
                const int32_t sum =
                    i % 2 ? (int32_t)(pair >> 24) : (int32_t)(pair & 0xffffff) - (1 << 23);
                const int32_t *const row_scale = per_channel ? scale + 2 * (first + i) : scale;
                output[first + i] = smidgen_output_s8(sum, 0, row_scale, rounding,
                                                      output_zero_point, low, high);
            }
        }
        input += depth;
        output += units;
    }
}

#endif
