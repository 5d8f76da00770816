/* Sequences whose start is turned around. */
#ifndef SMIDGEN_REVERSE_SEQUENCE_H
#define SMIDGEN_REVERSE_SEQUENCE_H

#include "smidgen_index.h"

/* x and y are [outer][first][middle][second][units]; the sequence runs along `first` or `second`,
   with `step` bytes from one element to the next, the batches along the other one. */
SMIDGEN_INLINE void smidgen_reverse_sequence(const void *restrict from,
                                             const void *restrict lengths, int32_t wide,
                                             void *restrict to, int32_t outer, int32_t first,
                                             int32_t middle, int32_t second, int32_t first_is_batch,
                                             int32_t step, int32_t unit, int32_t units) {
    const uint8_t *source = from;
    uint8_t *target = to;
    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < first; i++) {
            for (int32_t m = 0; m < middle; m++) {
                for (int32_t k = 0; k < second; k++) {
                    const int32_t batch = first_is_batch ? i : k;
                    const int32_t at = first_is_batch ? k : i;
                    const int32_t most = first_is_batch ? second : first;
                    const int32_t length = smidgen_index(lengths, wide, batch, 0, most, 0);
                    const int32_t moved = at < length ? (length - 1 - 2 * at) * step : 0;
                    smidgen_move_line(source + moved, target, unit, units, unit, unit);
                    source += unit * units;
                    target += unit * units;
                }
            }
        }
    }
}

#endif
