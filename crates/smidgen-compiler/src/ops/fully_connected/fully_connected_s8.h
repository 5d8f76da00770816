/* Products of an int8 matrix with int8 vectors, eight rows at a time. */
#ifndef SMIDGEN_FULLY_CONNECTED_S8_H
#define SMIDGEN_FULLY_CONNECTED_S8_H

#include "smidgen_requantise.h"

/* filter: blocks of eight rows with interleaved weights; the last block is padded with zeros, as
   is bias, which includes -input_zero_point * sum of weights. multiplier and shift: one per row,
   or one in all. Sums wrap. */
SMIDGEN_INLINE void smidgen_fully_connected_s8(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict multiplier, const int8_t *restrict shift, int8_t *restrict output,
    int32_t batches, int32_t depth, int32_t units, int32_t per_channel, int32_t rounding,
    int32_t output_zero_point, int32_t low, int32_t high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const int8_t *w = filter;
        const int8_t *const end = input + depth;
        for (int32_t first = 0; first < units; first += 8) {
            const int32_t *const start = bias + first;
            uint32_t a = (uint32_t)start[0], b = (uint32_t)start[1];
            uint32_t c = (uint32_t)start[2], d = (uint32_t)start[3];
            uint32_t e = (uint32_t)start[4], f = (uint32_t)start[5];
            uint32_t g = (uint32_t)start[6], h = (uint32_t)start[7];
            const int8_t *x = input;
            do {
                const int32_t value = *x++;
                a += (uint32_t)(value * w[0]);
                b += (uint32_t)(value * w[1]);
                c += (uint32_t)(value * w[2]);
                d += (uint32_t)(value * w[3]);
                e += (uint32_t)(value * w[4]);
                f += (uint32_t)(value * w[5]);
                g += (uint32_t)(value * w[6]);
                h += (uint32_t)(value * w[7]);
                w += 8;
            } while (x != end);
            const uint32_t sums[8] = {a, b, c, d, e, f, g, h};
            for (int32_t i = 0; i < 8 && first + i < units; i++) {
                const int32_t at = per_channel ? first + i : 0;
                output[first + i] =
                    smidgen_output_s8((int32_t)sums[i], multiplier[at], shift[at], rounding,
                                      output_zero_point, low, high);
            }
        }
        input += depth;
        output += units;
    }
}

#endif
