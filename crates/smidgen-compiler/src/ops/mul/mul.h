/* The product of two tensors. */
#ifndef SMIDGEN_MUL_H
#define SMIDGEN_MUL_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* shift: a right shift, negative for a left shift. In place where y == a or y == b. */
SMIDGEN_INLINE void smidgen_mul_s8(const int8_t *a, const int8_t *b, int8_t *y,
                                   const int32_t *axes, int32_t rank, int32_t length,
                                   int32_t step_a, int32_t step_b, int32_t zero_a, int32_t zero_b,
                                   int32_t multiplier, int32_t shift, int32_t rounding,
                                   int32_t zero_point, int32_t low, int32_t high) {
    const int32_t scale[2] = {multiplier, shift};
    smidgen_rows rows = {0};
    do {
        const int8_t *p = a + rows.a, *q = b + rows.b;
        for (int32_t i = 0; i < length; i++) {
            const int32_t product = (*p - zero_a) * (*q - zero_b);
            *y++ = smidgen_output_s8(product, 0, scale, rounding, zero_point, low, high);
            p += step_a;
            q += step_b;
        }
    } while (smidgen_next_row(&rows, axes, rank));
}

/* Wraps. In place where y == a or y == b. */
SMIDGEN_INLINE void smidgen_mul_s32(const int32_t *a, const int32_t *b, int32_t *y,
                                   const int32_t *axes, int32_t rank, int32_t length,
                                   int32_t step_a, int32_t step_b, int32_t low, int32_t high) {
    smidgen_rows rows = {0};
    do {
        const int32_t *p = a + rows.a, *q = b + rows.b;
        for (int32_t i = 0; i < length; i++) {
            *y++ = smidgen_clamp((int32_t)((uint32_t)*p * (uint32_t)*q), low, high);
            p += step_a;
            q += step_b;
        }
    } while (smidgen_next_row(&rows, axes, rank));
}

/* In place where y == a or y == b. */
SMIDGEN_INLINE void smidgen_mul_f32(const float *a, const float *b, float *y, const int32_t *axes,
                                   int32_t rank, int32_t length, int32_t step_a, int32_t step_b,
                                   float low, float high) {
    smidgen_rows rows = {0};
    do {
        const float *p = a + rows.a, *q = b + rows.b;
        for (int32_t i = 0; i < length; i++) {
            *y++ = smidgen_clamp_f32(*p * *q, low, high);
            p += step_a;
            q += step_b;
        }
    } while (smidgen_next_row(&rows, axes, rank));
}

#endif
