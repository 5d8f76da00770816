/* Softmax of int8 in fixed point, bit for bit as gemmlowp computes it. */
#ifndef SMIDGEN_SOFTMAX_S8_H
#define SMIDGEN_SOFTMAX_S8_H

#include "smidgen_fixed_math.h"

/* exponentials: e^(beta * scale * -i) for the `count` differences i from the row's greatest element
   that matter, with 31 fraction bits. In place where y == x. */
SMIDGEN_INLINE void smidgen_softmax_s8(const int8_t *x, const int32_t *exponentials, int8_t *y,
                                       int32_t count, int32_t rows, int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        int32_t max = x[0];
        for (int32_t i = 1; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        /* 19 fraction bits */
        uint32_t sum = 0;
        for (int32_t i = 0; i < classes; i++) {
            const int32_t difference = max - x[i];
            if (difference < count) {
                sum += ((uint32_t)exponentials[difference] + (1u << 11)) >> 12;
            }
        }
        /* sum = (1 + rest) * 2^(12 - headroom) */
        int32_t headroom = 0;
        for (; sum < 0x80000000u; sum *= 2) {
            headroom++;
        }
        const int32_t reciprocal = smidgen_one_over_one_plus_q31((int32_t)(sum - 0x80000000u));
        const int32_t shift = 35 - headroom;
        for (int32_t i = 0; i < classes; i++) {
            const int32_t difference = max - x[i];
            uint32_t output = 0;
            if (difference < count && shift <= 31) {
                output = (uint32_t)smidgen_multiply_q31(reciprocal, exponentials[difference]);
                output = (output + (1u << (shift - 1))) >> shift;
            }
            y[i] = (int8_t)(output > 255 ? 127 : (int32_t)output - 128);
        }
        x += classes;
        y += classes;
    }
}

#endif
