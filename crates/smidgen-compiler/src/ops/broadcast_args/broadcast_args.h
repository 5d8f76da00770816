/* The shape to which two shapes broadcast. */
#ifndef SMIDGEN_BROADCAST_ARGS_H
#define SMIDGEN_BROADCAST_ARGS_H

#include "smidgen_common.h"

/* `other` lacks the first `new` of `count` dimensions. */
#define SMIDGEN_BROADCAST_ARGS(name, type)                                                         \
    SMIDGEN_INLINE void name(const type *shape, const type *other, type *restrict result,          \
                             int32_t count, int32_t new) {                                         \
        for (int32_t i = 0; i < count; i++) {                                                      \
            result[i] = shape[i] != 1 || i < new ? shape[i] : other[i - new];                      \
        }                                                                                          \
    }

SMIDGEN_BROADCAST_ARGS(smidgen_broadcast_args_32, int32_t)
SMIDGEN_BROADCAST_ARGS(smidgen_broadcast_args_64, int64_t)

#endif
