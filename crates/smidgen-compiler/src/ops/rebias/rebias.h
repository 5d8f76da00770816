/* Bytes whose range moves by 128. */
#ifndef SMIDGEN_REBIAS_H
#define SMIDGEN_REBIAS_H

#include "smidgen_common.h"

/* uint8 to int8 or back: the top bit changes. In place where y == x. */
SMIDGEN_INLINE void smidgen_rebias(const void *x, void *y, int32_t length) {
    const uint8_t *from = (const uint8_t *)x;
    uint8_t *to = (uint8_t *)y;
    for (int32_t i = 0; i < length; i++) to[i] = (uint8_t)(from[i] ^ 0x80u);
}

#endif
