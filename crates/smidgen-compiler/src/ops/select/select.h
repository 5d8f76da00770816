/* Chooses between the elements of two tensors. */
#ifndef SMIDGEN_SELECT_H
#define SMIDGEN_SELECT_H

#include "smidgen_broadcast.h"

/* y = c ? a : b. In place where y is one of the operands. */
#define SMIDGEN_SELECT(suffix, T)                                                                  \
    SMIDGEN_INLINE void smidgen_select_##suffix(                                                   \
        const T *a, const T *b, const uint8_t *c, T *y, const int32_t *axes, int32_t rank,         \
        int32_t length, int32_t step_a, int32_t step_b, int32_t step_c) {                          \
        smidgen_rows rows = {0};                                                                   \
        do {                                                                                       \
            const T *next_a = a + rows.a, *next_b = b + rows.b;                                    \
            const uint8_t *next_c = c + rows.c;                                                    \
            for (int32_t i = 0; i < length; i++) {                                                 \
                *y++ = *next_c != 0 ? *next_a : *next_b;                                           \
                next_a += step_a;                                                                  \
                next_b += step_b;                                                                  \
                next_c += step_c;                                                                  \
            }                                                                                      \
        } while (smidgen_next_row(&rows, axes, rank, 3));                                          \
    }

SMIDGEN_SELECT(s8, int8_t)
SMIDGEN_SELECT(u8, uint8_t)
SMIDGEN_SELECT(s16, int16_t)
SMIDGEN_SELECT(s32, int32_t)
SMIDGEN_SELECT(s64, int64_t)
SMIDGEN_SELECT(f32, float)

#endif
