/* Places that are known at run time only. */
#ifndef SMIDGEN_INDEX_H
#define SMIDGEN_INDEX_H

#include "smidgen_move.h"

/* Number `at` of an array of int64_t if `wide`, else int32_t, brought into low ... high. `wrap` is
   added to negative numbers first. */
SMIDGEN_INLINE int32_t smidgen_index(const void *indices, int32_t wide, int32_t at, int32_t low,
                                     int32_t high, int32_t wrap) {
    if (wide) {
        int64_t index = ((const int64_t *)indices)[at];
        index += index < 0 ? wrap : 0;
        return index < low ? low : index > high ? high : (int32_t)index;
    }
    int32_t index = ((const int32_t *)indices)[at];
    index += index < 0 ? wrap : 0;
    return smidgen_clamp(index, low, high);
}

/* What the `depth` numbers from `at` on add to a place. `axes` has three numbers for each: the
   largest number, the step from one to the next, `wrap`. */
SMIDGEN_INLINE int32_t smidgen_place(const void *indices, int32_t wide, const int32_t *axes,
                                     int32_t depth, int32_t at) {
    int32_t place = 0;
    for (int32_t k = 0; k < depth; k++) {
        const int32_t *axis = axes + 3 * k;
        place += smidgen_index(indices, wide, at + k, 0, axis[0], axis[2]) * axis[1];
    }
    return place;
}

#endif
