/* Running sums. */
#ifndef SMIDGEN_CUMSUM_H
#define SMIDGEN_CUMSUM_H

#include "smidgen_common.h"

/* Sums of `type` along the middle axis, computed in `sum_type`. In place where y == x. */
#define SMIDGEN_DEFINE_CUMSUM(name, type, sum_type)                                               \
    SMIDGEN_INLINE void name(const type *x, type *y, int32_t outer, int32_t length,               \
                             int32_t inner, int32_t exclusive, int32_t reverse) {                 \
        for (int32_t o = 0; o < outer; o++) {                                                     \
            for (int32_t i = 0; i < inner; i++) {                                                 \
                sum_type sum = 0;                                                                 \
                for (int32_t k = 0; k < length; k++) {                                            \
                    const int32_t index = reverse ? length - 1 - k : k;                           \
                    const int32_t at = (o * length + index) * inner + i;                          \
                    const sum_type next = sum + (sum_type)x[at];                                  \
                    y[at] = (type)(exclusive ? sum : next);                                       \
                    sum = next;                                                                   \
                }                                                                                 \
            }                                                                                     \
        }                                                                                         \
    }

SMIDGEN_DEFINE_CUMSUM(smidgen_cumsum_f32, float, float)
SMIDGEN_DEFINE_CUMSUM(smidgen_cumsum_s32, int32_t, uint32_t)
SMIDGEN_DEFINE_CUMSUM(smidgen_cumsum_s64, int64_t, uint64_t)

/* y = clamp(zero_point + sum of (x - input_zero_point) * multiplier / 2^(12 + right)), rounded half
   up at 12 bits, then half away from zero. In place where y == x. */
SMIDGEN_INLINE void smidgen_cumsum_s8(const int8_t *x, int8_t *y, int32_t outer, int32_t length,
                                      int32_t inner, int32_t exclusive, int32_t reverse,
                                      int32_t input_zero_point, int32_t multiplier, int32_t right,
                                      int32_t zero_point) {
    const int64_t half = ((int64_t)1 << right) >> 1;
    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < inner; i++) {
            int32_t sum = 0;
            for (int32_t k = 0; k < length; k++) {
                const int32_t index = reverse ? length - 1 - k : k;
                const int32_t at = (o * length + index) * inner + i;
                const int32_t next = sum + x[at] - input_zero_point;
                const int64_t high = ((int64_t)(exclusive ? sum : next) * multiplier + 2048) >> 12;
                const int64_t away = high < 0 && half > 0 ? 1 : 0;
                const int64_t moved = ((high + half - away) >> right) + zero_point;
                y[at] = (int8_t)(moved < -128 ? -128 : moved > 127 ? 127 : moved);
                sum = next;
            }
        }
    }
}

#endif
