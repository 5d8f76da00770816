/* Definitions that all kernels share. */
#ifndef SMIDGEN_COMMON_H
#define SMIDGEN_COMMON_H

#include <stddef.h>
#include <stdint.h>

/* Kernels are specialised to constant shapes, so they must be inlined where they are called, and
   the steps that call them must stay functions that a profile can name.
   GCC (12.2 for Arm) finds functions without side effects after it has replaced a pointer by sums
   of others, then overlooks their stores and drops the calls: noipa keeps it from looking. */
#if defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#define SMIDGEN_INLINE static inline __attribute__((always_inline))
#define SMIDGEN_NOINLINE __attribute__((noinline, noipa))
#elif defined(__GNUC__)
#define SMIDGEN_INLINE static inline __attribute__((always_inline))
#define SMIDGEN_NOINLINE __attribute__((noinline))
#else
#define SMIDGEN_INLINE static inline
#define SMIDGEN_NOINLINE
#endif

/* Functions that are rarely called: one copy of them is enough. */
#if defined(__GNUC__)
#define SMIDGEN_RARE static __attribute__((noinline, unused))
#else
#define SMIDGEN_RARE static
#endif

/* Float results must not depend on the core: no fused multiply-add. GCC in C99 mode fuses none. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* Makes compilers forget where `pointer` came from, so that they do not keep what one round of a
   loop has loaded for the next: where registers are short, that costs more than it saves. */
#if defined(__GNUC__)
#define SMIDGEN_FORGET(pointer) __asm__("" : "+r"(pointer))
#else
#define SMIDGEN_FORGET(pointer) ((void)0)
#endif

SMIDGEN_INLINE int32_t smidgen_clamp(int32_t x, int32_t low, int32_t high) {
    return x < low ? low : x > high ? high : x;
}

/* x + low as int8, where x is first brought between 0 and high - low. A maximum with 0 and a
   minimum with 255 are one instruction each on many cores. */
SMIDGEN_INLINE int8_t smidgen_narrow_s8(int32_t x, int32_t low, int32_t high) {
    x = x > 0 ? x : 0;
    x = x < high - low ? x : high - low;
    return (int8_t)(x + low);
}

SMIDGEN_INLINE float smidgen_clamp_f32(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

SMIDGEN_INLINE void smidgen_copy_bytes(const void *from, void *to, int32_t bytes) {
    const uint8_t *source = from;
    uint8_t *target = to;
    for (int32_t i = 0; i < bytes; i++) {
        target[i] = source[i];
    }
}

#endif
