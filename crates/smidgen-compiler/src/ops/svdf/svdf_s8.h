/* A filter bank with a memory, of int8, whose state is int16 or int8. */
#ifndef SMIDGEN_SVDF_S8_H
#define SMIDGEN_SVDF_S8_H

#include "smidgen_requantise.h"

SMIDGEN_INLINE int32_t smidgen_svdf_load(const void *state, int32_t i, int32_t wide) {
    return wide ? ((const int16_t *)state)[i] : ((const int8_t *)state)[i];
}

SMIDGEN_INLINE void smidgen_svdf_store(void *state, int32_t i, int32_t wide, int32_t value) {
    if (wide) {
        ((int16_t *)state)[i] = (int16_t)value;
    } else {
        ((int8_t *)state)[i] = (int8_t)value;
    }
}

/* feature: [units * rank][inputs], time: [units * rank][memory], state: the last outputs of every
   filter, the newest behind the others. offset: -input zero point * sum of a filter's feature
   weights. bias: includes -state zero point * sum of a unit's time weights. wide: whether time and
   state are int16. Sums wrap. */
SMIDGEN_INLINE void smidgen_svdf_s8(const int8_t *restrict x, const int8_t *restrict feature,
                                    const int32_t *restrict offset, const void *restrict time,
                                    const int32_t *restrict bias, void *restrict state,
                                    int8_t *restrict y, int32_t batch, int32_t inputs,
                                    int32_t units, int32_t rank, int32_t memory, int32_t wide,
                                    int32_t state_multiplier, int32_t state_shift,
                                    int32_t state_zero_point, int32_t multiplier, int32_t shift,
                                    int32_t zero_point) {
    const int32_t low = wide ? INT16_MIN : INT8_MIN, high = wide ? INT16_MAX : INT8_MAX;
    int32_t s = 0;
    for (int32_t b = 0; b < batch; b++) {
        const int8_t *f = feature;
        int32_t t = 0, filter = 0;
        for (int32_t unit = 0; unit < units; unit++) {
            uint32_t sum = (uint32_t)bias[unit];
            for (int32_t r = 0; r < rank; r++) {
                for (int32_t i = 0; i < memory - 1; i++) {
                    const int32_t value = smidgen_svdf_load(state, s + 1, wide);
                    smidgen_svdf_store(state, s++, wide, value);
                    sum += (uint32_t)(value * smidgen_svdf_load(time, t++, wide));
                }
                uint32_t product = (uint32_t)offset[filter++];
                for (int32_t i = 0; i < inputs; i++) {
                    product += (uint32_t)(x[i] * *f++);
                }
                const int32_t scaled =
                    smidgen_requantise((int32_t)product, state_multiplier, state_shift);
                const int32_t value = smidgen_clamp(
                    smidgen_clamp(scaled, low - high, high - low) + state_zero_point, low, high);
                smidgen_svdf_store(state, s++, wide, value);
                sum += (uint32_t)(value * smidgen_svdf_load(time, t++, wide));
            }
            const int32_t scaled = smidgen_requantise((int32_t)sum, multiplier, shift);
            const int32_t wrapped = (int32_t)((uint32_t)scaled + (uint32_t)zero_point);
            *y++ = (int8_t)smidgen_clamp(wrapped, INT8_MIN, INT8_MAX);
        }
        x += inputs;
    }
}

#endif
