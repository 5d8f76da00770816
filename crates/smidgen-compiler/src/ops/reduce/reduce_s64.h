/* Reductions of int64, and means of int32. */
#ifndef SMIDGEN_REDUCE_S64_H
#define SMIDGEN_REDUCE_S64_H

#include "smidgen_reduce.h"

/* y = reduced / divisor, truncated; sums and products wrap. `wide`: whether elements have 64 bits,
   not 32. Parameters as for smidgen_reduce. */
SMIDGEN_INLINE void smidgen_reduce_s64(const void *restrict x, void *restrict y,
                                       const int32_t *axes, int32_t rank, int32_t length,
                                       int32_t step, const int32_t *over, int32_t over_rank,
                                       int32_t count, int32_t over_step, int32_t wide,
                                       int32_t combine, int32_t divisor) {
    smidgen_rows rows = {0};
    int32_t output = 0;
    do {
        for (int32_t i = 0; i < length; i++) {
            uint64_t total = combine == SMIDGEN_REDUCE_ADD        ? 0u
                             : combine == SMIDGEN_REDUCE_MULTIPLY ? 1u
                             : combine == SMIDGEN_REDUCE_MAX      ? (uint64_t)INT64_MIN
                                                                  : (uint64_t)INT64_MAX;
            smidgen_rows inner = {0};
            do {
                int32_t at = rows.a + i * step + inner.a;
                for (int32_t k = 0; k < count; k++) {
                    const int64_t element =
                        wide ? ((const int64_t *)x)[at] : ((const int32_t *)x)[at];
                    if (combine == SMIDGEN_REDUCE_ADD) {
                        total += (uint64_t)element;
                    } else if (combine == SMIDGEN_REDUCE_MULTIPLY) {
                        total *= (uint64_t)element;
                    } else if ((combine == SMIDGEN_REDUCE_MAX) == (element > (int64_t)total)) {
                        total = (uint64_t)element;
                    }
                    at += over_step;
                }
            } while (smidgen_next_row(&inner, over, over_rank, 2));
            const int64_t result = (int64_t)total / divisor;
            if (wide) {
                ((int64_t *)y)[output++] = result;
            } else {
                ((int32_t *)y)[output++] = (int32_t)result;
            }
        }
    } while (smidgen_next_row(&rows, axes, rank, 2));
}

#endif
