/* Numbers in another element type. */
#ifndef SMIDGEN_CAST_H
#define SMIDGEN_CAST_H

#include "smidgen_common.h"

enum {
    SMIDGEN_BOOL = 0,
    SMIDGEN_S8 = 1,
    SMIDGEN_U8 = 2,
    SMIDGEN_S16 = 3,
    SMIDGEN_S32 = 4,
    SMIDGEN_S64 = 5,
    SMIDGEN_F32 = 6
};

/* A number of an integer type. */
SMIDGEN_INLINE int64_t smidgen_cast_load(const void *x, int32_t i, int32_t type) {
    switch (type) {
    case SMIDGEN_S8:
        return ((const int8_t *)x)[i];
    case SMIDGEN_S16:
        return ((const int16_t *)x)[i];
    case SMIDGEN_S32:
        return ((const int32_t *)x)[i];
    case SMIDGEN_S64:
        return ((const int64_t *)x)[i];
    default:
        return ((const uint8_t *)x)[i];
    }
}

/* The lower bits of a number; any but 0 is true. */
SMIDGEN_INLINE void smidgen_cast_store(void *y, int32_t i, int32_t type, int64_t number) {
    switch (type) {
    case SMIDGEN_S8:
        ((int8_t *)y)[i] = (int8_t)number;
        break;
    case SMIDGEN_S16:
        ((int16_t *)y)[i] = (int16_t)number;
        break;
    case SMIDGEN_S32:
        ((int32_t *)y)[i] = (int32_t)number;
        break;
    case SMIDGEN_S64:
        ((int64_t *)y)[i] = number;
        break;
    case SMIDGEN_U8:
        ((uint8_t *)y)[i] = (uint8_t)number;
        break;
    default:
        ((uint8_t *)y)[i] = number != 0;
    }
}

/* The integer that a float is cut to, between the limits of a type. */
SMIDGEN_INLINE int64_t smidgen_cast_cut(float x, int32_t type, int32_t nan_is_high) {
    if (type == SMIDGEN_BOOL) {
        return x != 0.0f;
    }
    const int32_t bits = type == SMIDGEN_S8    ? 7
                         : type == SMIDGEN_U8  ? 8
                         : type == SMIDGEN_S16 ? 15
                         : type == SMIDGEN_S32 ? 31
                                               : 63;
    const int64_t high = (int64_t)(((uint64_t)1 << bits) - 1);
    const int64_t low = type == SMIDGEN_U8 ? 0 : -high - 1;
    /* One more than the greatest number is a float. */
    const float limit = 2.0f * (float)((int64_t)1 << (bits - 1));
    if (x != x) {
        return nan_is_high ? high : 0;
    }
    return x >= limit ? high : x <= (float)low ? low : bits == 63 ? (int64_t)x : (int32_t)x;
}

SMIDGEN_INLINE void smidgen_cast(const void *x, void *y, int32_t length, int32_t from, int32_t to,
                                 int32_t nan_is_high) {
    for (int32_t i = 0; i < length; i++) {
        if (from != SMIDGEN_F32 && to != SMIDGEN_F32) {
            smidgen_cast_store(y, i, to, smidgen_cast_load(x, i, from));
        } else if (from != SMIDGEN_F32) {
            const int64_t number = smidgen_cast_load(x, i, from);
            ((float *)y)[i] = from == SMIDGEN_S64 ? (float)number : (float)(int32_t)number;
        } else if (to != SMIDGEN_F32) {
            const float number = ((const float *)x)[i];
            smidgen_cast_store(y, i, to, smidgen_cast_cut(number, to, nan_is_high));
        } else {
            ((float *)y)[i] = ((const float *)x)[i];
        }
    }
}

#endif
