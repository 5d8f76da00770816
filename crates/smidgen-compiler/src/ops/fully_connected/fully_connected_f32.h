/* Products of a matrix of floats with vectors. */
#ifndef SMIDGEN_FULLY_CONNECTED_F32_H
#define SMIDGEN_FULLY_CONNECTED_F32_H

#include "smidgen_common.h"

/* filter: [units][depth]. */
SMIDGEN_INLINE void smidgen_fully_connected_f32(const float *restrict input,
                                                const float *restrict filter,
                                                const float *restrict bias, float *restrict output,
                                                int32_t batches, int32_t depth, int32_t units,
                                                float low, float high) {
    for (int32_t batch = 0; batch < batches; batch++) {
        const float *w = filter;
        for (int32_t unit = 0; unit < units; unit++) {
            float sum = bias[unit];
            for (int32_t i = 0; i < depth; i++) {
                sum += input[i] * *w++;
            }
            *output++ = smidgen_clamp_f32(sum, low, high);
        }
        input += depth;
    }
}

#endif
