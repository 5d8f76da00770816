/* Start-up and exceptions of Arm M-profile cores. */
#include "../harness/harness.h"
#include "memory.h"

#define VTOR (*(volatile uint32_t *)0xE000ED08u)
#define CPACR (*(volatile uint32_t *)0xE000ED88u)
#define CPACR_FPU_AND_MVE (0xFu << 20)

typedef struct {
  uint32_t *stack_top;
  void (*handlers[15])(void);
} vector_table;

void harness_reset(void);
void harness_start(void);
void harness_exception(void);

__attribute__((section(".start"), used, aligned(128))) static const vector_table vectors = {
    harness_stack_top,
    {harness_reset, harness_exception, harness_exception, harness_exception, harness_exception,
     harness_exception, harness_exception, harness_exception, harness_exception, harness_exception,
     harness_exception, harness_exception, harness_exception, harness_exception,
     harness_exception}};

/* Sets the stack pointer, because an emulator may start here without reading the vector table. */
__attribute__((naked)) void harness_reset(void) {
  __asm__ volatile(
      "ldr r0, =harness_stack_top\n"
      "mov sp, r0\n"
      "bl harness_start\n");
}

__attribute__((used)) void harness_start(void) {
#if __ARM_ARCH >= 7
  VTOR = (uint32_t)&vectors;
#endif
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= CPACR_FPU_AND_MVE;
  __asm__ volatile("dsb\n isb" ::: "memory");
#endif
  memory_initialise();
  (void)main();
}

/* Takes the program counter out of the exception frame (its seventh word), then a clean stack. */
__attribute__((naked)) void harness_exception(void) {
  __asm__ volatile(
      "mrs r0, ipsr\n"
      "ldr r1, [sp, #24]\n"
      "ldr r2, =harness_stack_top\n"
      "mov sp, r2\n"
      "bl harness_fault\n");
}
