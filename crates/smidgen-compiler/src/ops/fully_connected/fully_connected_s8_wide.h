/* Products of an int8 matrix with int8 vectors for cores that multiply 32 by 32 bits and add to 64
   in one instruction: eight rows at a time, with one multiplication for two products. */
#ifndef SMIDGEN_FULLY_CONNECTED_S8_WIDE_H
#define SMIDGEN_FULLY_CONNECTED_S8_WIDE_H

#include "smidgen_requantise.h"

/* A word holds a column of four rows: the bytes v[0] + 128, v[3], v[2] + 128 and v[1], lowest
   first. Its outer bytes are the number v[1] * 2^24 + (v[0] + 128), and rotated by 16 bits they are
   v[3] * 2^24 + (v[2] + 128). A 64-bit sum of such numbers times x holds the sum for v[1] above bit
   24 and the sum for v[0], with 128 times the sum of x, below. The latter fits in 24 bits when that
   excess is taken out, which is checked for the actual weights when a model is compiled. */
SMIDGEN_INLINE int32_t smidgen_fully_connected_s8_wide_pair(uint32_t word) {
    return (int32_t)(word & 0xff0000ffu);
}

SMIDGEN_INLINE void smidgen_fully_connected_s8_wide_column(int32_t x, const int32_t *words,
                                                           int64_t *sums) {
    const uint32_t v = (uint32_t)words[0], w = (uint32_t)words[1];
    sums[0] += (int64_t)smidgen_fully_connected_s8_wide_pair(v) * x;
    sums[1] += (int64_t)smidgen_fully_connected_s8_wide_pair(v >> 16 | v << 16) * x;
    sums[2] += (int64_t)smidgen_fully_connected_s8_wide_pair(w) * x;
    sums[3] += (int64_t)smidgen_fully_connected_s8_wide_pair(w >> 16 | w << 16) * x;
}

/* filter: for each eight rows, two words per column; rows beyond the last are zero. bias: start of
   the 64-bit sums, one for two rows; both halves include -input_zero_point * sum of weights, the
   lower one also 2^23, so that it stays positive. multiplier and shift: one per row, or one in
   all. */
SMIDGEN_INLINE void smidgen_fully_connected_s8_wide(
    const int8_t *restrict input, const int32_t *restrict filter, const int64_t *restrict bias,
    const int32_t *restrict multiplier, const int8_t *restrict shift, int8_t *restrict output,
    int32_t batches, int32_t depth, int32_t units, int32_t per_channel, int32_t rounding,
    int32_t output_zero_point, int32_t low, int32_t high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const int32_t *words = filter;
        const int8_t *const end = input + depth;
        const int8_t *const unrolled = input + (depth & ~3);
        int32_t excess = 0;
        for (const int8_t *x = input; x != end; x++) {
            excess += *x;
        }
        excess *= 128;
        for (int32_t first = 0; first < units; first += 8) {
            const int64_t *const start = bias + first / 2;
            int64_t sums[4] = {start[0] - excess, start[1] - excess, start[2] - excess,
                               start[3] - excess};
            const int8_t *x = input;
            while (x != unrolled) {
                smidgen_fully_connected_s8_wide_column(x[0], words, sums);
                smidgen_fully_connected_s8_wide_column(x[1], words + 2, sums);
                smidgen_fully_connected_s8_wide_column(x[2], words + 4, sums);
                smidgen_fully_connected_s8_wide_column(x[3], words + 6, sums);
                x += 4;
                words += 8;
            }
            while (x != end) {
                smidgen_fully_connected_s8_wide_column(*x++, words, sums);
                words += 2;
            }
            for (int32_t i = 0; i < 8 && first + i < units; i++) {
                const int64_t pair = sums[i / 2];
                const int32_t sum =
                    i % 2 ? (int32_t)(pair >> 24) : (int32_t)(pair & 0xffffff) - (1 << 23);
                const int32_t at = per_channel ? first + i : 0;
                output[first + i] = smidgen_output_s8(sum, multiplier[at], shift[at], rounding,
                                                      output_zero_point, low, high);
            }
        }
        input += depth;
        output += units;
    }
}

#endif
