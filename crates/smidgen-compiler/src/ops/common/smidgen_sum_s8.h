/* Sum of two int8 tensors of different scales, for any quantisation. */
#ifndef SMIDGEN_SUM_S8_H
#define SMIDGEN_SUM_S8_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* x * multiplier * 2^(shift - 31), rounded twice, for |x| < 2^30 and shift <= 0. */
SMIDGEN_INLINE int32_t smidgen_sum_scale(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t high = smidgen_doubling_high(x, multiplier);
    const int32_t half = (int32_t)(((uint32_t)1 << -shift) >> 1);
    const int32_t away = shift < 0 ? high >> 31 : 0;
    return (high + half + away) >> -shift;
}

/* In place where y == a or y == b. A difference has sign -1. */
SMIDGEN_INLINE void smidgen_sum_s8(const int8_t *a, const int8_t *b, int8_t *y,
                                   const int32_t *axes, int32_t rank, int32_t length,
                                   int32_t step_a, int32_t step_b, int32_t zero_a, int32_t zero_b,
                                   int32_t multiplier_a, int32_t shift_a, int32_t multiplier_b,
                                   int32_t shift_b, int32_t sign, int32_t multiplier,
                                   int32_t shift, int32_t zero_point, int32_t low, int32_t high) {
    smidgen_rows rows = {0};
    do {
        const int8_t *p = a + rows.a, *q = b + rows.b;
        for (int32_t i = 0; i < length; i++) {
            /* 20 bits of headroom; the operands fit 9 bits. */
            const int32_t x = (*p - zero_a) * (1 << 20), z = (*q - zero_b) * (1 << 20);
            const int32_t left = smidgen_sum_scale(x, multiplier_a, shift_a);
            const int32_t right = smidgen_sum_scale(z, multiplier_b, shift_b);
            const int32_t sum = smidgen_sum_scale(left + sign * right, multiplier, shift);
            *y++ = smidgen_narrow_s8(sum + (zero_point - low), low, high);
            p += step_a;
            q += step_b;
        }
    } while (smidgen_next_row(&rows, axes, rank));
}

#endif
