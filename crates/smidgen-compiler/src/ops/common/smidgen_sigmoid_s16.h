/* The logistic function and the hyperbolic tangent of int16, by interpolation in one table. Results
   are in units of 2^-15. */
#ifndef SMIDGEN_SIGMOID_S16_H
#define SMIDGEN_SIGMOID_S16_H

#include "smidgen_common.h"

/* 1 / (1 + e^-|x|) - 1/2 in units of 2^-(16 + bits), less 1 bit and inverted for negative x;
   x in units of 1 / (24 * 2^bits). table: 256 numbers in units of 2^-16. */
SMIDGEN_INLINE int32_t smidgen_sigmoid_s16(int32_t x, const int16_t *table, int32_t bits,
                                           int32_t limit) {
    const int32_t magnitude = x < 0 ? -x : x;
    const int32_t index = magnitude >> bits;
    int32_t above = limit << bits;
    if (index < 255) {
        const int32_t a = table[index], b = table[index + 1];
        above = (a << bits) + (magnitude & ((1 << bits) - 1)) * (b - a);
    }
    return x < 0 ? -above - 1 : above;
}

/* x times a multiplier that takes it to units of 1 / 12288. */
SMIDGEN_INLINE int32_t smidgen_sigmoid_argument(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t half = (int32_t)(((uint32_t)1 << shift) >> 1);
    return (x * multiplier + half) >> shift;
}

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_logistic_s16(const int16_t *x, int16_t *y, int32_t length,
                                         int32_t multiplier, int32_t shift, const int16_t *table) {
    for (int32_t i = 0; i < length; i++) {
        const int32_t argument = smidgen_sigmoid_argument(x[i], multiplier, shift);
        const int32_t result = smidgen_sigmoid_s16(argument, table, 9, 32766);
        y[i] = (int16_t)(((result + (1 << 9)) >> 10) + (1 << 14));
    }
}

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_tanh_s16(const int16_t *x, int16_t *y, int32_t length,
                                     int32_t multiplier, int32_t shift, const int16_t *table) {
    for (int32_t i = 0; i < length; i++) {
        const int32_t argument = smidgen_sigmoid_argument(x[i], multiplier, shift);
        const int32_t result = smidgen_sigmoid_s16(argument, table, 8, 32767);
        y[i] = (int16_t)((result + (1 << 7)) >> 8);
    }
}

#endif
