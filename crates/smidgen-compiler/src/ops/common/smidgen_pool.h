/* Windows of pools. */
#ifndef SMIDGEN_POOL_H
#define SMIDGEN_POOL_H

#include "smidgen_common.h"

/* Rows or columns [from, to) of a window that lie inside the input. */
typedef struct {
    int32_t from, to;
} smidgen_span;

SMIDGEN_INLINE smidgen_span smidgen_pool_span(int32_t origin, int32_t kernel, int32_t size) {
    const int32_t end = origin + kernel;
    const smidgen_span span = {origin < 0 ? 0 : origin, end > size ? size : end};
    return span;
}

#endif
