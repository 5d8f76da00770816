/* Products of an int8 matrix with int8 vectors, four rows at a time. */
#ifndef SMIDGEN_FULLY_CONNECTED_S8_H
#define SMIDGEN_FULLY_CONNECTED_S8_H

#include "smidgen_requantise.h"
#include "smidgen_weights.h"

/* filter: blocks of four rows with interleaved weights; the last block is padded with the zero
   point, bias with zeros; it includes -input_zero_point * sum of weights. scale: one per row, or one
   in all. There are fewer than 2^16 columns, so that sums of products do not overflow. */
SMIDGEN_INLINE void smidgen_fully_connected_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict output,
    int32_t batches, int32_t depth, int32_t units, int32_t per_channel,
    int32_t filter_bits, int32_t filter_zero_point, int32_t rounding, int32_t output_zero_point, int32_t low,
    int32_t high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const int8_t *w = filter;
        const int8_t *const end = input + depth;
        for (int32_t first = 0; first < units; first += 4) {
            int32_t a = 0, b = 0, c = 0, d = 0;
            const int8_t *x = input;
            do {
                const int32_t value = *x++;
                a += value * (smidgen_weight(w, 0, filter_bits) - filter_zero_point);
                b += value * (smidgen_weight(w, 1, filter_bits) - filter_zero_point);
                c += value * (smidgen_weight(w, 2, filter_bits) - filter_zero_point);
                d += value * (smidgen_weight(w, 3, filter_bits) - filter_zero_point);
                w += filter_bits / 2;
            } while (x != end);
            const int32_t sums[4] = {a, b, c, d};
            for (int32_t i = 0; i < 4 && first + i < units; i++) {
                const int32_t *const row_scale = per_channel ? scale + 2 * (first + i) : scale;
                output[first + i] =
                    smidgen_output_s8(sums[i], (uint32_t)bias[first + i], row_scale, rounding,
                                      output_zero_point, low, high);
            }
        }
        input += depth;
        output += units;
    }
}

#endif
