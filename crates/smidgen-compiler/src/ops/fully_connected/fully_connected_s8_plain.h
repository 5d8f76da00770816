/* Products of an int8 matrix that is an activation, or has a zero point, with int8 vectors. */
#ifndef SMIDGEN_FULLY_CONNECTED_S8_PLAIN_H
#define SMIDGEN_FULLY_CONNECTED_S8_PLAIN_H

#include "smidgen_requantise.h"

/* filter: [units][depth]. scale: one per unit, or one in all. Sums wrap. */
SMIDGEN_INLINE void smidgen_fully_connected_s8_plain(
    const int8_t *restrict input, const int8_t *restrict filter, const int32_t *restrict bias,
    const int32_t *restrict scale, int8_t *restrict output,
    int32_t batches, int32_t depth, int32_t units, int32_t per_channel, int32_t input_zero_point,
    int32_t filter_zero_point, int32_t rounding, int32_t output_zero_point, int32_t low,
    int32_t high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const int8_t *w = filter;
        for (int32_t unit = 0; unit < units; unit++) {
            uint32_t sum = 0;
            for (int32_t i = 0; i < depth; i++) {
                sum += (uint32_t)((input[i] - input_zero_point) * (*w++ - filter_zero_point));
            }
            const int32_t *const unit_scale = per_channel ? scale + 2 * unit : scale;
            *output++ = smidgen_output_s8((int32_t)sum, (uint32_t)bias[unit], unit_scale, rounding,
                                          output_zero_point, low, high);
        }
        input += depth;
    }
}

#endif
