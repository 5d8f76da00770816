/* Sums of several tensors of one shape. */
#ifndef SMIDGEN_ADD_N_H
#define SMIDGEN_ADD_N_H

#include "smidgen_requantise.h"

/* In place where y == a. */
SMIDGEN_INLINE void smidgen_add_n_f32(const float *a, const float *b, float *y, int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = a[i] + b[i];
    }
}

/* Wraps. In place where y == a. */
SMIDGEN_INLINE void smidgen_add_n_s32(const int32_t *a, const int32_t *b, int32_t *y,
                                      int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = (int32_t)((uint32_t)a[i] + (uint32_t)b[i]);
    }
}

/* Adds x to the sums, or sets them to x where it is the first. */
SMIDGEN_INLINE void smidgen_accumulate_s8(const int8_t *x, int16_t *sums, int32_t length,
                                          int32_t first) {
    for (int32_t i = 0; i < length; i++) {
        sums[i] = (int16_t)((first != 0 ? 0 : sums[i]) + x[i]);
    }
}

/* Scales sums less `zero`. */
SMIDGEN_INLINE void smidgen_scale_sums_s8(const int16_t *sums, int8_t *y, int32_t length,
                                          int32_t zero, int32_t multiplier, int32_t shift,
                                          int32_t zero_point) {
    for (int32_t i = 0; i < length; i++) {
        const int32_t sum = (sums[i] - zero) * (1 << 19);
        y[i] = (int8_t)smidgen_clamp(smidgen_requantise(sum, multiplier, shift) + zero_point, -128,
                                     127);
    }
}

#endif
