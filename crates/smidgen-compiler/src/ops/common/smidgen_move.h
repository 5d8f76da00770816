/* Copies between strided places. Sizes, steps and units are constants, so that only the loops that
   are needed remain. Steps are in bytes; a step of 0 repeats what it reads. */
#ifndef SMIDGEN_MOVE_H
#define SMIDGEN_MOVE_H

#include "smidgen_common.h"

/* Words that may hold elements of any type. */
#if defined(__GNUC__)
typedef uint16_t __attribute__((may_alias)) smidgen_word16;
typedef uint32_t __attribute__((may_alias)) smidgen_word32;
#else
typedef uint16_t smidgen_word16;
typedef uint32_t smidgen_word32;
#endif

SMIDGEN_INLINE uint32_t smidgen_load(const uint8_t *from, int32_t unit) {
    return unit == 4   ? *(const smidgen_word32 *)(const void *)from
           : unit == 2 ? *(const smidgen_word16 *)(const void *)from
                       : *from;
}

SMIDGEN_INLINE void smidgen_store(uint8_t *to, int32_t unit, uint32_t value) {
    if (unit == 4) {
        *(smidgen_word32 *)(void *)to = value;
    } else if (unit == 2) {
        *(smidgen_word16 *)(void *)to = (uint16_t)value;
    } else {
        *to = (uint8_t)value;
    }
}

/* Copies n units of 1, 2 or 4 bytes. Four at a time: loads need not wait for stores, and compilers
   do not see a call of memcpy in it. */
SMIDGEN_INLINE void smidgen_move_line(const uint8_t *from, uint8_t *to, int32_t unit, int32_t n,
                                      int32_t from_step, int32_t to_step) {
    for (int32_t i = 0; i < n / 4; i++) {
        const uint8_t *const source = from + 4 * i * from_step;
        uint8_t *const target = to + 4 * i * to_step;
        const uint32_t a = smidgen_load(source, unit);
        const uint32_t b = smidgen_load(source + from_step, unit);
        const uint32_t c = smidgen_load(source + 2 * from_step, unit);
        const uint32_t d = smidgen_load(source + 3 * from_step, unit);
        smidgen_store(target, unit, a);
        smidgen_store(target + to_step, unit, b);
        smidgen_store(target + 2 * to_step, unit, c);
        smidgen_store(target + 3 * to_step, unit, d);
    }
    if (n % 4 > 0) {
        from += n / 4 * 4 * from_step;
        to += n / 4 * 4 * to_step;
        smidgen_store(to, unit, smidgen_load(from, unit));
        if (n % 4 > 1) {
            smidgen_store(to + to_step, unit, smidgen_load(from + from_step, unit));
        }
        if (n % 4 > 2) {
            smidgen_store(to + 2 * to_step, unit, smidgen_load(from + 2 * from_step, unit));
        }
    }
}

/* Copies n0 * n1 * n2 * n3 units; the last loop is the innermost. */
SMIDGEN_INLINE void smidgen_move(const void *restrict from, void *restrict to, int32_t unit,
                                 int32_t n0, int32_t from0, int32_t to0, int32_t n1, int32_t from1,
                                 int32_t to1, int32_t n2, int32_t from2, int32_t to2, int32_t n3,
                                 int32_t from3, int32_t to3) {
    const uint8_t *source = from;
    uint8_t *target = to;
    for (int32_t i0 = 0; i0 < n0; i0++) {
        for (int32_t i1 = 0; i1 < n1; i1++) {
            for (int32_t i2 = 0; i2 < n2; i2++) {
                smidgen_move_line(source + i0 * from0 + i1 * from1 + i2 * from2,
                                  target + i0 * to0 + i1 * to1 + i2 * to2, unit, n3, from3, to3);
            }
        }
    }
}

/* Eight nested loops, for tensors that are permuted or padded along many axes. */
SMIDGEN_INLINE void smidgen_move_deep(const void *restrict from, void *restrict to, int32_t unit,
                                      int32_t n0, int32_t from0, int32_t to0, int32_t n1,
                                      int32_t from1, int32_t to1, int32_t n2, int32_t from2,
                                      int32_t to2, int32_t n3, int32_t from3, int32_t to3,
                                      int32_t n4, int32_t from4, int32_t to4, int32_t n5,
                                      int32_t from5, int32_t to5, int32_t n6, int32_t from6,
                                      int32_t to6, int32_t n7, int32_t from7, int32_t to7) {
    const uint8_t *source = from;
    uint8_t *target = to;
    for (int32_t i0 = 0; i0 < n0; i0++) {
        for (int32_t i1 = 0; i1 < n1; i1++) {
            for (int32_t i2 = 0; i2 < n2; i2++) {
                for (int32_t i3 = 0; i3 < n3; i3++) {
                    smidgen_move(source + i0 * from0 + i1 * from1 + i2 * from2 + i3 * from3,
                                 target + i0 * to0 + i1 * to1 + i2 * to2 + i3 * to3, unit, n4,
                                 from4, to4, n5, from5, to5, n6, from6, to6, n7, from7, to7);
                }
            }
        }
    }
}

#endif
