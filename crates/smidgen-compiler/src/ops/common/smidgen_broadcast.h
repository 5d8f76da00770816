/* Walks operands whose elements repeat along some axes of the output. */
#ifndef SMIDGEN_BROADCAST_H
#define SMIDGEN_BROADCAST_H

#include "smidgen_common.h"

enum { SMIDGEN_MAX_AXES = 8 };

/* Elements before the current row of each operand. */
typedef struct {
    int32_t a, b, c;
    int32_t index[SMIDGEN_MAX_AXES];
} smidgen_rows;

/* Moves to the next row of the output; 0 after the last. axes: for each of `rank` outer axes, the
   innermost first, its length and what each of the 2 or 3 operands advances. */
SMIDGEN_INLINE int smidgen_next_row(smidgen_rows *rows, const int32_t *axes, int32_t rank,
                                    int32_t operands) {
    for (int32_t i = 0; i < rank; i++) {
        const int32_t *const axis = axes + (operands + 1) * i;
        const int32_t third = operands == 3 ? axis[3] : 0;
        rows->index[i]++;
        rows->a += axis[1];
        rows->b += axis[2];
        rows->c += third;
        if (rows->index[i] < axis[0]) {
            return 1;
        }
        rows->index[i] = 0;
        rows->a -= axis[0] * axis[1];
        rows->b -= axis[0] * axis[2];
        rows->c -= axis[0] * third;
    }
    return 0;
}

/* The first parameters of a function of two operands: elements of the types A and B give elements of
   type Y. It works in place where y == a or y == b. */
#define SMIDGEN_PAIRS(A, B, Y)                                                                     \
    const A *a, const B *b, Y *y, const int32_t *axes, int32_t rank, int32_t length,               \
        int32_t step_a, int32_t step_b

/* The body of such a function: every element of y becomes `result`, an expression of the elements p
   of a and q of b. */
#define SMIDGEN_FOR_PAIRS(A, B, Y, result)                                                         \
    smidgen_rows rows = {0};                                                                       \
    do {                                                                                           \
        const A *next_a = a + rows.a;                                                              \
        const B *next_b = b + rows.b;                                                              \
        for (int32_t i = 0; i < length; i++) {                                                     \
            const A p = *next_a;                                                                   \
            const B q = *next_b;                                                                   \
            *y++ = (Y)(result);                                                                    \
            next_a += step_a;                                                                      \
            next_b += step_b;                                                                      \
        }                                                                                          \
    } while (smidgen_next_row(&rows, axes, rank, 2));

/* A whole function of two operands of type T without further parameters. */
#define SMIDGEN_PAIR_FUNCTION(name, T, Y, result)                                                  \
    SMIDGEN_INLINE void name(SMIDGEN_PAIRS(T, T, Y)) {                                             \
        SMIDGEN_FOR_PAIRS(T, T, Y, result)                                                         \
    }

#endif
