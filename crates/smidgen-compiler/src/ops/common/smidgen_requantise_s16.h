/* How sums of products of int16 become int16, bit for bit as TFLite's reference kernels. */
#ifndef SMIDGEN_REQUANTISE_S16_H
#define SMIDGEN_REQUANTISE_S16_H

#include "smidgen_requantise.h"

/* How sums become outputs; chosen when a model is compiled. */
enum {
    /* Rounded twice; the sum wraps to 32 bits. scale: multiplier and right shift. */
    SMIDGEN_S16_TWICE = 0,
    /* In double precision. scale: the low and the high word of the number. */
    SMIDGEN_S16_REAL = 1,
    /* By a mantissa of 15 bits, halves up. scale: mantissa and right shift. */
    SMIDGEN_S16_CUT = 2,
    /* The same for sums of 32 bits: the mantissa is shifted so that the result is the high word of
       the product. scale: one word. */
    SMIDGEN_S16_HIGH = 3
};

/* Words per channel of a table of scales. */
#define SMIDGEN_S16_WORDS(rounding) ((rounding) == SMIDGEN_S16_HIGH ? 1 : 2)

/* The int16 output for a sum. */
SMIDGEN_INLINE int16_t smidgen_output_s16(int64_t sum, const int32_t *scale, int32_t rounding,
                                          int32_t low, int32_t high) {
    int32_t y;
    if (rounding == SMIDGEN_S16_HIGH) {
        y = (int32_t)(((int64_t)(int32_t)sum * scale[0] + ((int64_t)1 << 31)) >> 32);
    } else if (rounding == SMIDGEN_S16_CUT) {
        const uint64_t product = (uint64_t)sum * (uint64_t)scale[0];
        y = (int32_t)((int64_t)(product + ((uint64_t)1 << (scale[1] - 1))) >> scale[1]);
    } else if (rounding == SMIDGEN_S16_REAL) {
        y = smidgen_round_real((double)sum * smidgen_real(scale));
    } else {
        y = smidgen_requantise((int32_t)sum, scale[0], -scale[1]);
    }
    /* A maximum and a minimum, which many cores do in one instruction. */
    y = y > low ? y : low;
    y = y < high ? y : high;
    return (int16_t)y;
}

/* The sum of products and a bias, which is of 64 bits where `wide`. */
SMIDGEN_INLINE int64_t smidgen_add_bias(int64_t products, const void *bias, int32_t index,
                                        int32_t wide) {
    if (wide) {
        return (int64_t)((uint64_t)products + (uint64_t)((const int64_t *)bias)[index]);
    }
    return smidgen_wrapping_sum((int32_t)products, ((const int32_t *)bias)[index]);
}

#endif
