/* Walks two operands whose elements repeat along some axes of the output. */
#ifndef SMIDGEN_BROADCAST_H
#define SMIDGEN_BROADCAST_H

#include "smidgen_common.h"

enum { SMIDGEN_MAX_AXES = 8 };

/* Elements before the current row of each operand. */
typedef struct {
    int32_t a, b;
    int32_t index[SMIDGEN_MAX_AXES];
} smidgen_rows;

/* Moves to the next row of the output; 0 after the last. axes: for each of `rank` outer axes, the
   innermost first, its length and what the operands advance. */
SMIDGEN_INLINE int smidgen_next_row(smidgen_rows *rows, const int32_t *axes, int32_t rank) {
    for (int32_t i = 0; i < rank; i++) {
        const int32_t *const axis = axes + 3 * i;
        rows->index[i]++;
        rows->a += axis[1];
        rows->b += axis[2];
        if (rows->index[i] < axis[0]) {
            return 1;
        }
        rows->index[i] = 0;
        rows->a -= axis[0] * axis[1];
        rows->b -= axis[0] * axis[2];
    }
    return 0;
}

#endif
