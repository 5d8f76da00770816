/* Elements divided by a power of the sum of squares of the channels around them. */
#ifndef SMIDGEN_LOCAL_RESPONSE_NORMALIZATION_H
#define SMIDGEN_LOCAL_RESPONSE_NORMALIZATION_H

#include "smidgen_float_functions.h"

/* y = x / (bias + alpha * squares)^beta, with the squares of channels c - radius to c + radius - 1. */
SMIDGEN_INLINE void smidgen_local_response_normalization(const float *restrict x,
                                                         float *restrict y, int32_t rows,
                                                         int32_t channels, int32_t radius,
                                                         float bias, float alpha, float beta) {
    for (int32_t row = 0; row < rows; row++) {
        for (int32_t c = 0; c < channels; c++) {
            const int32_t from = c > radius ? c - radius : 0;
            const int32_t to = c + radius < channels ? c + radius : channels;
            float squares = 0.0f;
            for (int32_t i = from; i < to; i++) {
                squares += x[i] * x[i];
            }
            y[c] = x[c] * smidgen_exp(-beta * smidgen_log(bias + alpha * squares));
        }
        x += channels;
        y += channels;
    }
}

#endif
