/* Products of a matrix of int8 or int16, which may be an activation, with int16 vectors. */
#ifndef SMIDGEN_FULLY_CONNECTED_S16_PLAIN_H
#define SMIDGEN_FULLY_CONNECTED_S16_PLAIN_H

#include "smidgen_requantise_s16.h"

/* filter: [units][depth] of `filter_bytes` each. bias: int64 where `wide`, else int32. scale: one per
   unit, or one in all. */
SMIDGEN_INLINE void smidgen_fully_connected_s16_plain(
    const int16_t *restrict input, const void *restrict filter, const void *restrict bias,
    const int32_t *restrict scale, int16_t *restrict output, int32_t batches, int32_t depth,
    int32_t units, int32_t per_channel, int32_t filter_bytes, int32_t filter_zero_point,
    int32_t wide, int32_t rounding, int32_t low, int32_t high) {
    const int32_t words = per_channel ? SMIDGEN_S16_WORDS(rounding) : 0;
    for (int32_t batch = 0; batch < batches; batch++) {
        for (int32_t unit = 0; unit < units; unit++) {
            int64_t sum = 0;
            for (int32_t i = 0; i < depth; i++) {
                const int32_t at = unit * depth + i;
                const int32_t w =
                    filter_bytes == 1 ? ((const int8_t *)filter)[at] : ((const int16_t *)filter)[at];
                sum += (int64_t)input[i] * (w - filter_zero_point);
            }
            const int64_t offset =
                wide ? ((const int64_t *)bias)[unit] : ((const int32_t *)bias)[unit];
            sum = (int64_t)((uint64_t)sum + (uint64_t)offset);
            *output++ = smidgen_output_s16(sum, scale + words * unit, rounding, low, high);
        }
        input += depth;
    }
}

#endif
