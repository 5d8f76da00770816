/* The product of two quantised tensors. */
#ifndef SMIDGEN_MUL_H
#define SMIDGEN_MUL_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* shift: a right shift, negative for a left shift. */
SMIDGEN_INLINE void smidgen_mul_s8(SMIDGEN_PAIRS(int8_t, int8_t, int8_t), int32_t zero_a,
                                   int32_t zero_b, int32_t multiplier, int32_t shift,
                                   int32_t rounding, int32_t zero_point, int32_t low,
                                   int32_t high) {
    const int32_t scale[2] = {multiplier, shift};
    SMIDGEN_FOR_PAIRS(int8_t, int8_t, int8_t,
                      smidgen_output_s8((p - zero_a) * (q - zero_b), 0, scale, rounding,
                                        zero_point, low, high))
}

/* shift: a left shift, negative for a right shift. */
SMIDGEN_INLINE void smidgen_mul_s16(SMIDGEN_PAIRS(int16_t, int16_t, int16_t), int32_t multiplier,
                                    int32_t shift, int32_t low, int32_t high) {
    SMIDGEN_FOR_PAIRS(int16_t, int16_t, int16_t,
                      smidgen_clamp(smidgen_requantise(p * q, multiplier, shift), low, high))
}

#endif
