/* Sums of two quantised tensors in single precision. */
#ifndef SMIDGEN_SINGLE_SUM_H
#define SMIDGEN_SINGLE_SUM_H

#include "smidgen_broadcast.h"
#include "smidgen_requantise.h"

/* The nearest integer to p * terms[0] + (q * terms[1] + terms[2]), all in units of 2^-point; both sums
   are rounded to single precision, halves become even. */
SMIDGEN_RARE int32_t smidgen_single_sum(int32_t p, int32_t q, const int64_t *terms,
                                        int32_t point) {
    const int64_t inner = smidgen_single(q * terms[1] + terms[2]);
    return smidgen_half_even(smidgen_single(p * terms[0] + inner), point);
}

/* p * factor_a + q * factor_b + offset, shifted right, is the same but within `near` of a change. */
SMIDGEN_INLINE void smidgen_single_sum_s8(SMIDGEN_PAIRS(int8_t, int8_t, int8_t),
                                          int32_t factor_a, int32_t factor_b, int32_t offset,
                                          int32_t shift, int32_t near, int32_t point,
                                          int32_t low, int32_t high, const int64_t *terms) {
    SMIDGEN_FOR_PAIRS(int8_t, int8_t, int8_t,
                      smidgen_narrow_s8(
                          ((p * factor_a + q * factor_b + offset + near) & ((1 << shift) - 1)) >=
                                  2 * near
                              ? (p * factor_a + q * factor_b + offset) >> shift
                              : smidgen_single_sum(p, q, terms, point) - low,
                          low, high))
}

#endif
