/* Functions of int16 that are linear on either side of zero. */
#ifndef SMIDGEN_SLOPES_S16_H
#define SMIDGEN_SLOPES_S16_H

#include "smidgen_requantise.h"

/* y = x times one multiplier from 0 upwards, another below; there the product changes its sign if the
   function falls, and x if it folds. Clamped. In place where y == x. */
SMIDGEN_INLINE void smidgen_slopes_s16(const int16_t *x, int16_t *y, int32_t length, int32_t above,
                                       int32_t above_shift, int32_t below, int32_t below_shift,
                                       int32_t falls, int32_t folds, int32_t low, int32_t high) {
    for (int32_t i = 0; i < length; i++) {
        int32_t product;
        if (x[i] >= 0) {
            product = smidgen_requantise(x[i], above, above_shift);
        } else {
            product = smidgen_requantise(folds ? -x[i] : x[i], below, below_shift);
            product = falls ? (int32_t)(0u - (uint32_t)product) : product;
        }
        y[i] = (int16_t)smidgen_clamp(product, low, high);
    }
}

#endif
