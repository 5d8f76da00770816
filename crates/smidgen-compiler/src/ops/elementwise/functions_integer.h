/* Functions of each element of an array of integers. All run in place where y == x. */
#ifndef SMIDGEN_FUNCTIONS_INTEGER_H
#define SMIDGEN_FUNCTIONS_INTEGER_H

#include "smidgen_common.h"

/* A function of arrays whose elements are `result` for every v of x. */
#define SMIDGEN_FUNCTION_INTEGER(name, type, result)                                          \
    SMIDGEN_INLINE void smidgen_##name(const type *x, type *y, int32_t length) {              \
        for (int32_t i = 0; i < length; i++) {                                                \
            const type v = x[i];                                                              \
            y[i] = (type)(result);                                                            \
        }                                                                                     \
    }

/* The least number of a type stays itself. */
SMIDGEN_FUNCTION_INTEGER(abs_s16, int16_t, v < 0 ? -v : v)
SMIDGEN_FUNCTION_INTEGER(abs_s32, int32_t, v < 0 ? 0u - (uint32_t)v : (uint32_t)v)
SMIDGEN_FUNCTION_INTEGER(logical_not, uint8_t, v == 0)
SMIDGEN_FUNCTION_INTEGER(neg_s16, int16_t, -v)
SMIDGEN_FUNCTION_INTEGER(neg_s32, int32_t, 0u - (uint32_t)v)
SMIDGEN_FUNCTION_INTEGER(neg_s64, int64_t, (uint64_t)0 - (uint64_t)v)
SMIDGEN_FUNCTION_INTEGER(sign_s32, int32_t, (v > 0) - (v < 0))

#endif
