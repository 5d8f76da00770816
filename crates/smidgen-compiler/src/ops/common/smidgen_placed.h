/* Copies of boxes whose start is known at run time only. */
#ifndef SMIDGEN_PLACED_H
#define SMIDGEN_PLACED_H

#include "smidgen_index.h"

/* Reads from where the indices say; see smidgen_place and smidgen_move_deep. */
SMIDGEN_INLINE void smidgen_move_from(const void *from, void *to, const void *indices, int32_t wide,
                                      const int32_t *axes, int32_t depth, int32_t unit, int32_t n0,
                                      int32_t from0, int32_t to0, int32_t n1, int32_t from1,
                                      int32_t to1, int32_t n2, int32_t from2, int32_t to2,
                                      int32_t n3, int32_t from3, int32_t to3, int32_t n4,
                                      int32_t from4, int32_t to4, int32_t n5, int32_t from5,
                                      int32_t to5, int32_t n6, int32_t from6, int32_t to6,
                                      int32_t n7, int32_t from7, int32_t to7) {
    const int32_t place = smidgen_place(indices, wide, axes, depth, 0);
    smidgen_move_deep((const uint8_t *)from + place, to, unit, n0, from0, to0, n1, from1, to1, n2,
                      from2, to2, n3, from3, to3, n4, from4, to4, n5, from5, to5, n6, from6, to6,
                      n7, from7, to7);
}

/* Writes where the indices say. */
SMIDGEN_INLINE void smidgen_move_to(const void *from, void *to, const void *indices, int32_t wide,
                                    const int32_t *axes, int32_t depth, int32_t unit, int32_t n0,
                                    int32_t from0, int32_t to0, int32_t n1, int32_t from1,
                                    int32_t to1, int32_t n2, int32_t from2, int32_t to2, int32_t n3,
                                    int32_t from3, int32_t to3, int32_t n4, int32_t from4,
                                    int32_t to4, int32_t n5, int32_t from5, int32_t to5, int32_t n6,
                                    int32_t from6, int32_t to6, int32_t n7, int32_t from7,
                                    int32_t to7) {
    const int32_t place = smidgen_place(indices, wide, axes, depth, 0);
    smidgen_move_deep(from, (uint8_t *)to + place, unit, n0, from0, to0, n1, from1, to1, n2, from2,
                      to2, n3, from3, to3, n4, from4, to4, n5, from5, to5, n6, from6, to6, n7,
                      from7, to7);
}

#endif
