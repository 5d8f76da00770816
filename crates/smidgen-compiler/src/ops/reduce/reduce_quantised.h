/* Means, sums and products of int8 and int16 with a change of scale and zero point. */
#ifndef SMIDGEN_REDUCE_QUANTISED_H
#define SMIDGEN_REDUCE_QUANTISED_H

#include "smidgen_reduce.h"
#include "smidgen_requantise.h"

/* y = clamp(zero_point + SCALED), where `sum` is that of the elements less the offset. */
#define SMIDGEN_REDUCE_SUM(name, scaled)                                                           \
    SMIDGEN_INLINE void name(const void *restrict x, void *restrict y, const int32_t *axes,        \
                             int32_t rank, int32_t length, int32_t step, const int32_t *over,      \
                             int32_t over_rank, int32_t count, int32_t over_step, int32_t bytes,   \
                             int32_t offset, int32_t multiplier, int32_t shift,                    \
                             int32_t zero_point, int32_t low, int32_t high) {                      \
        smidgen_rows rows = {0};                                                                   \
        int32_t output = 0;                                                                        \
        do {                                                                                       \
            for (int32_t i = 0; i < length; i++) {                                                 \
                const int32_t all =                                                                \
                    smidgen_reduce_integers(x, rows.a + i * step, bytes, SMIDGEN_REDUCE_ADD, over, \
                                            over_rank, count, over_step);                          \
                const int32_t sum = (int32_t)((uint32_t)all - (uint32_t)offset);                   \
                const int32_t moved = (int32_t)((uint32_t)(scaled) + (uint32_t)zero_point);        \
                smidgen_set_integer(y, output++, bytes, smidgen_clamp(moved, low, high));          \
            }                                                                                      \
        } while (smidgen_next_row(&rows, axes, rank, 2));                                          \
    }

/* sum * multiplier * 2^(shift - 31), rounded twice. */
SMIDGEN_REDUCE_SUM(smidgen_reduce_sum, smidgen_requantise(sum, multiplier, shift))
/* sum * multiplier * 2^-(32 + shift), in single precision. */
SMIDGEN_REDUCE_SUM(smidgen_reduce_sum_single, smidgen_round_single(sum, multiplier, shift, 0))

/* x * factor / 2^shift, rounded half up. */
SMIDGEN_INLINE int32_t smidgen_scale_product(int64_t x, int32_t factor, int32_t shift) {
    return (int32_t)((x * factor + ((int64_t)1 << (shift - 1))) >> shift);
}

/* The product so far is scaled after each factor but the first, and once more at the end. */
SMIDGEN_INLINE void smidgen_reduce_product(const void *restrict x, void *restrict y,
                                           const int32_t *axes, int32_t rank, int32_t length,
                                           int32_t step, const int32_t *over, int32_t over_rank,
                                           int32_t count, int32_t over_step, int32_t bytes,
                                           int32_t input_zero_point, int32_t factor, int32_t shift,
                                           int32_t zero_point, int32_t low, int32_t high) {
    smidgen_rows rows = {0};
    int32_t output = 0;
    do {
        for (int32_t i = 0; i < length; i++) {
            int32_t product = 0;
            int first = 1;
            smidgen_rows inner = {0};
            do {
                int32_t at = rows.a + i * step + inner.a;
                for (int32_t k = 0; k < count; k++) {
                    const int32_t element = smidgen_integer(x, at, bytes) - input_zero_point;
                    product = first ? element
                                    : smidgen_scale_product((int64_t)product * element, factor,
                                                            shift);
                    first = 0;
                    at += over_step;
                }
            } while (smidgen_next_row(&inner, over, over_rank, 2));
            const int32_t scaled = smidgen_scale_product(product, factor, shift);
            const int32_t moved = (int32_t)((uint32_t)scaled + (uint32_t)zero_point);
            smidgen_set_integer(y, output++, bytes, smidgen_clamp(moved, low, high));
        }
    } while (smidgen_next_row(&rows, axes, rank, 2));
}

#endif
