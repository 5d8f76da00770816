/* Rows added where indices say. */
#ifndef SMIDGEN_SCATTER_ND_H
#define SMIDGEN_SCATTER_ND_H

#include "smidgen_index.h"

/* Adds `count` rows of `length` elements to `elements` zeros. The place of a row is found by `depth`
   indices; see smidgen_place, whose steps count elements here. Sums of integers wrap, so they are
   computed without signs. */
#define SMIDGEN_SCATTER_ND(name, type, sum)                                                        \
    SMIDGEN_INLINE void name(const void *restrict from, void *restrict to, int32_t elements,       \
                             const void *restrict indices, int32_t wide, const int32_t *axes,      \
                             int32_t depth, int32_t count, int32_t length) {                       \
        const type *row = from;                                                                    \
        type *output = to;                                                                         \
        for (int32_t i = 0; i < elements; i++) {                                                   \
            output[i] = 0;                                                                         \
        }                                                                                          \
        for (int32_t i = 0; i < count; i++) {                                                      \
            type *target = output + smidgen_place(indices, wide, axes, depth, i * depth);          \
            for (int32_t k = 0; k < length; k++) {                                                 \
                const type a = target[k];                                                          \
                const type b = row[k];                                                             \
                target[k] = (type)(sum);                                                           \
            }                                                                                      \
            row += length;                                                                         \
        }                                                                                          \
    }

SMIDGEN_SCATTER_ND(smidgen_scatter_nd_8, uint8_t, a + b)
SMIDGEN_SCATTER_ND(smidgen_scatter_nd_32, uint32_t, a + b)
SMIDGEN_SCATTER_ND(smidgen_scatter_nd_64, uint64_t, a + b)
SMIDGEN_SCATTER_ND(smidgen_scatter_nd_f32, float, a + b)
SMIDGEN_SCATTER_ND(smidgen_scatter_nd_bool, uint8_t, a | b)

#endif
