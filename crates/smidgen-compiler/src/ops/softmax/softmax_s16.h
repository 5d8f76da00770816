/* Softmax of int16 from two tables. */
#ifndef SMIDGEN_SOFTMAX_S16_H
#define SMIDGEN_SOFTMAX_S16_H

#include "smidgen_requantise.h"
#include "smidgen_table_s16.h"

/* exponentials: e^x from -10 to 0, which `multiplier` and `shift` take differences to; reciprocals:
   1 / (1 + x) from 0 to 1. Both have 513 numbers in units of 2^-15. In place where y == x. */
SMIDGEN_INLINE void smidgen_softmax_s16(const int16_t *x, int16_t *y, const int16_t *exponentials,
                                        const int16_t *reciprocals, int32_t multiplier,
                                        int32_t shift, int32_t rows, int32_t classes) {
    for (int32_t row = 0; row < rows; row++) {
        int32_t max = x[0];
        for (int32_t i = 1; i < classes; i++) {
            max = x[i] > max ? x[i] : max;
        }
        uint32_t sum = 0;
        for (int32_t i = 0; i < classes; i++) {
            const int32_t steps = smidgen_requantise(x[i] - max, multiplier, shift) + 32767;
            y[i] = smidgen_look_up_s16(steps < -32768 ? -32768 : steps, exponentials);
            sum += (uint32_t)y[i];
        }
        /* sum = (1 + argument / 2^16) * 2^(right + 1) */
        int32_t right = 31;
        for (; sum < 0x80000000u; sum *= 2) {
            right--;
        }
        int32_t argument = (int32_t)(((sum >> 1) + (1u << 13)) >> 14) - (1 << 16) - (1 << 15);
        argument = argument > 32767 ? 32767 : argument;
        const int32_t reciprocal = smidgen_look_up_s16(argument, reciprocals);
        for (int32_t i = 0; i < classes; i++) {
            const int32_t output = (y[i] * reciprocal + (1 << (right - 1))) >> right;
            y[i] = (int16_t)smidgen_clamp(output, 0, 32767);
        }
        x += classes;
        y += classes;
    }
}

#endif
