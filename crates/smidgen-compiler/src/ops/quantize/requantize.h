/* Changes of scale, zero point and integer type. */
#ifndef SMIDGEN_REQUANTIZE_H
#define SMIDGEN_REQUANTIZE_H

#include "smidgen_requantise.h"

/* y = (x - input_zero_point) * multiplier + zero_point, between bounds. */
#define SMIDGEN_REQUANTIZE(name, from, to)                                                    \
    SMIDGEN_INLINE void smidgen_requantize_##name(                                            \
        const from *x, to *y, int32_t length, int32_t input_zero_point, int32_t multiplier,   \
        int32_t shift, int32_t zero_point, int32_t low, int32_t high) {                       \
        for (int32_t i = 0; i < length; i++) {                                                \
            const int32_t offset = (int32_t)((uint32_t)x[i] - (uint32_t)input_zero_point);    \
            const int32_t product = smidgen_requantise(offset, multiplier, shift);            \
            const int32_t sum = (int32_t)((uint32_t)product + (uint32_t)zero_point);          \
            y[i] = (to)smidgen_clamp(sum, low, high);                                         \
        }                                                                                     \
    }

SMIDGEN_REQUANTIZE(s8_s16, int8_t, int16_t)
SMIDGEN_REQUANTIZE(s8_s32, int8_t, int32_t)
SMIDGEN_REQUANTIZE(s16_s8, int16_t, int8_t)
SMIDGEN_REQUANTIZE(s16_s16, int16_t, int16_t)
SMIDGEN_REQUANTIZE(s16_s32, int16_t, int32_t)
SMIDGEN_REQUANTIZE(s32_s8, int32_t, int8_t)
SMIDGEN_REQUANTIZE(s32_s16, int32_t, int16_t)

#endif
