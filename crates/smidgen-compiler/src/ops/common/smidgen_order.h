/* Comparisons of elements of any type, and tensors of indices. */
#ifndef SMIDGEN_ORDER_H
#define SMIDGEN_ORDER_H

#include "smidgen_common.h"

enum {
    SMIDGEN_TYPE_S8 = 0,
    SMIDGEN_TYPE_U8 = 1,
    SMIDGEN_TYPE_S16 = 2,
    SMIDGEN_TYPE_S32 = 3,
    SMIDGEN_TYPE_S64 = 4,
    SMIDGEN_TYPE_F32 = 5
};

/* Whether element a is greater than element b. */
SMIDGEN_INLINE int smidgen_exceeds(const void *x, int32_t a, int32_t b, int32_t type) {
    switch (type) {
    case SMIDGEN_TYPE_S8:
        return ((const int8_t *)x)[a] > ((const int8_t *)x)[b];
    case SMIDGEN_TYPE_U8:
        return ((const uint8_t *)x)[a] > ((const uint8_t *)x)[b];
    case SMIDGEN_TYPE_S16:
        return ((const int16_t *)x)[a] > ((const int16_t *)x)[b];
    case SMIDGEN_TYPE_S32:
        return ((const int32_t *)x)[a] > ((const int32_t *)x)[b];
    case SMIDGEN_TYPE_S64:
        return ((const int64_t *)x)[a] > ((const int64_t *)x)[b];
    default:
        return ((const float *)x)[a] > ((const float *)x)[b];
    }
}

/* Index `at` of a tensor of indices of 2, 4 or 8 bytes. */
SMIDGEN_INLINE int32_t smidgen_selected(const void *indices, int32_t at, int32_t bytes) {
    return bytes == 2   ? ((const int16_t *)indices)[at]
           : bytes == 4 ? ((const int32_t *)indices)[at]
                        : (int32_t)((const int64_t *)indices)[at];
}

SMIDGEN_INLINE void smidgen_set_index(void *indices, int32_t at, int32_t bytes, int32_t index) {
    if (bytes == 2) {
        ((int16_t *)indices)[at] = (int16_t)index;
    } else if (bytes == 4) {
        ((int32_t *)indices)[at] = index;
    } else {
        ((int64_t *)indices)[at] = index;
    }
}

#endif
