/* Rows of floats divided by the root of the sum of their squares. */
#ifndef SMIDGEN_L2_NORMALIZATION_F32_H
#define SMIDGEN_L2_NORMALIZATION_F32_H

#include "smidgen_float_functions.h"

/* epsilon: the least divisor. In place where y == x. */
SMIDGEN_INLINE void smidgen_l2_normalization_f32(const float *x, float *y, int32_t rows,
                                                 int32_t depth, float epsilon) {
    for (int32_t row = 0; row < rows; row++) {
        float squares = 0.0f;
        for (int32_t i = 0; i < depth; i++) {
            squares += x[i] * x[i];
        }
        const float root = smidgen_sqrt(squares);
        const float norm = root < epsilon ? epsilon : root;
        for (int32_t i = 0; i < depth; i++) {
            y[i] = x[i] / norm;
        }
        x += depth;
        y += depth;
    }
}

#endif
