/* Reductions of floats. */
#ifndef SMIDGEN_REDUCE_F32_H
#define SMIDGEN_REDUCE_F32_H

#include "smidgen_reduce.h"

/* y = reduced / divisor. Parameters as for smidgen_reduce. */
SMIDGEN_INLINE void smidgen_reduce_f32(const float *restrict x, float *restrict y,
                                       const int32_t *axes, int32_t rank, int32_t length,
                                       int32_t step, const int32_t *over, int32_t over_rank,
                                       int32_t count, int32_t over_step, int32_t combine,
                                       float divisor) {
    smidgen_rows rows = {0};
    do {
        for (int32_t i = 0; i < length; i++) {
            float total = combine == SMIDGEN_REDUCE_MULTIPLY ? 1.0f : 0.0f;
            int first = combine != SMIDGEN_REDUCE_MULTIPLY && combine != SMIDGEN_REDUCE_ADD;
            smidgen_rows inner = {0};
            do {
                const float *p = x + rows.a + i * step + inner.a;
                for (int32_t k = 0; k < count; k++) {
                    if (combine == SMIDGEN_REDUCE_ADD) {
                        total += *p;
                    } else if (combine == SMIDGEN_REDUCE_MULTIPLY) {
                        total *= *p;
                    } else if (first || (combine == SMIDGEN_REDUCE_MAX ? *p > total : *p < total)) {
                        total = *p;
                    }
                    first = 0;
                    p += over_step;
                }
            } while (smidgen_next_row(&inner, over, over_rank, 2));
            *y++ = total / divisor;
        }
    } while (smidgen_next_row(&rows, axes, rank, 2));
}

#endif
