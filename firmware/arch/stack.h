/* Measures the stack by painting it and looking how far down the paint is gone.
 * The host has no such measure: its stack is the operating system's.
 */
#ifndef STACK_H
#define STACK_H

#include <stdint.h>

/* Result of stack_used when even the lowest painted word was overwritten. */
#define STACK_EXHAUSTED UINT32_MAX

#if defined(__arm__) || defined(__riscv)

#define STACK_PAINT 0xC0DEFACEu
#define STACK_PAINTED_MOST 0x10000u

/* End of the static variables, from the linker script. */
extern uint32_t harness_stack_limit[];

static inline __attribute__((always_inline)) uintptr_t stack_pointer(void) {
  uintptr_t pointer;
#if defined(__arm__)
  __asm__ volatile("mov %0, sp" : "=r"(pointer)::"memory");
#else
  __asm__ volatile("mv %0, sp" : "=r"(pointer)::"memory");
#endif
  return pointer;
}

static inline __attribute__((always_inline)) volatile uint32_t *stack_lowest(uintptr_t top) {
  const uintptr_t limit = (uintptr_t)harness_stack_limit;
  return (volatile uint32_t *)(top - limit > STACK_PAINTED_MOST ? top - STACK_PAINTED_MOST : limit);
}

/* Paints below `top`, where nothing may be alive: inlined, so that it has no frame there itself. */
static inline __attribute__((always_inline)) void stack_paint(uintptr_t top) {
  for (volatile uint32_t *word = stack_lowest(top); (uintptr_t)word < top; word++) {
    *word = STACK_PAINT;
  }
}

/* Returns the bytes from `top` down to the lowest word that lost its paint. */
static inline uint32_t stack_used(uintptr_t top) {
  const volatile uint32_t *word = stack_lowest(top);
  if (*word != STACK_PAINT) return STACK_EXHAUSTED;
  while ((uintptr_t)word < top && *word == STACK_PAINT) word++;
  return (uint32_t)(top - (uintptr_t)word);
}

#else

static inline uintptr_t stack_pointer(void) { return 0; }
static inline void stack_paint(uintptr_t top) { (void)top; }
static inline uint32_t stack_used(uintptr_t top) { return (uint32_t)top; }

#endif
#endif
