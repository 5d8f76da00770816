/* Marked indices. */
#ifndef SMIDGEN_ONE_HOT_H
#define SMIDGEN_ONE_HOT_H

#include "smidgen_index.h"

/* y[o][d][i] is `on` where d is index [o][i], else `off`. An element has `units` units. */
SMIDGEN_INLINE void smidgen_one_hot(const void *restrict on, const void *restrict off,
                                    const void *restrict indices, int32_t wide, void *restrict to,
                                    int32_t outer, int32_t depth, int32_t inner, int32_t unit,
                                    int32_t units) {
    const int32_t bytes = unit * units;
    uint8_t *target = to;
    for (int32_t o = 0; o < outer; o++) {
        for (int32_t d = 0; d < depth; d++) {
            for (int32_t i = 0; i < inner; i++) {
                /* An index outside the axis becomes -1 or depth. */
                const int32_t at = o * inner + i;
                const int32_t hit = smidgen_index(indices, wide, at, -1, depth, 0);
                smidgen_move_line(hit == d ? on : off, target, unit, units, unit, unit);
                target += bytes;
            }
        }
    }
}

#endif
