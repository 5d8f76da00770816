/* Fixed-point multiplication, bit for bit as TFLite's reference kernels. */
#ifndef SMIDGEN_REQUANTISE_H
#define SMIDGEN_REQUANTISE_H

#include "smidgen_common.h"

/* x * multiplier * 2^(shift - 31), rounded twice: a doubling high multiply that rounds half up,
   then a right shift that rounds half away from zero. Right shifts of negative numbers are
   arithmetic on every compiler that is supported. */
SMIDGEN_INLINE int32_t smidgen_requantise(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);
    const int64_t product = (int64_t)shifted * multiplier + ((int64_t)1 << 30);
    const int32_t high = (int32_t)(product >> 31);
    const int32_t half = (int32_t)(((uint32_t)1 << right) >> 1);
    const int32_t away = right > 0 && high < 0 ? 1 : 0;
    return (int32_t)((uint32_t)high + (uint32_t)(half - away)) >> right;
}

#endif
