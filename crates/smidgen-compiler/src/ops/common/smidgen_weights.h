/* Weights of 8 bits, or of 4 bits with two in a byte, the first in the lower half. */
#ifndef SMIDGEN_WEIGHTS_H
#define SMIDGEN_WEIGHTS_H

#include "smidgen_common.h"

/* Weight `index` from `weights` on. */
SMIDGEN_INLINE int32_t smidgen_weight(const int8_t *weights, int32_t index, int32_t bits) {
    if (bits == 4) {
        const int32_t both = weights[index / 2];
        return index % 2 == 0 ? (int32_t)((uint32_t)both << 28) >> 28 : both >> 4;
    }
    return weights[index];
}

#endif
