/* Brings variables to their initial values, and the parts of the model that are in RAM there; called
 * before main, so it may use none itself.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

/* Borders of the sections, from the linker script; all multiples of four. */
extern uint32_t harness_data_start[], harness_data_end[], harness_bss_end[];
extern const uint32_t harness_data_image[];
extern uint32_t harness_stack_top[];

static inline __attribute__((always_inline)) void memory_initialise(void) {
  const volatile uint32_t *from = harness_data_image;
  volatile uint32_t *to = harness_data_start;
  while (to < harness_data_end) *to++ = *from++;
  while (to < harness_bss_end) *to++ = 0;
}

#endif
