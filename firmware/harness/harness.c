/* Feeds inputs from a file to a model, one sample after the other, and writes what comes out.
 *
 * Input file:  number of samples (4 bytes), then for each sample the inputs of each call.
 * Output file: for each sample the outputs of each call, then the stack high-water mark (4 bytes).
 * Integers are little-endian. The last four bytes also say that the run is complete.
 */
#include "harness.h"

#include "../arch/stack.h"
#include "../transport/transport.h"

/* Unlike zeros, this shows when a kernel reads what nobody wrote. */
#define ARENA_FILL 0xA5u

/* The profiler stops attributing instructions to the last step when this is called. */
__attribute__((noinline)) void smidgen_inference_end(void);
void smidgen_inference_end(void) { __asm__ volatile("" ::: "memory"); }

/* Calls generated code and returns how many bytes of stack it used below this function. */
__attribute__((noinline)) static uint32_t invoke_measured(uint32_t call) {
  const uintptr_t top = stack_pointer();
  stack_paint(top);
  harness_invoke(call, harness_arena);
  smidgen_inference_end();
  return stack_used(top);
}

static uint32_t run_call(uint32_t index) {
  const harness_call *call = &harness_calls[index];
  for (uint32_t i = 0; i < call->n_inputs; i++) {
    const harness_port port = call->inputs[i];
    transport_read(harness_arena + port.offset, port.bytes);
  }
  const uint32_t stack = invoke_measured(index);
  for (uint32_t i = 0; i < call->n_outputs; i++) {
    const harness_port port = call->outputs[i];
    transport_write(harness_arena + port.offset, port.bytes);
  }
  return stack;
}

static void fill_arena(void) {
  volatile uint8_t *arena = harness_arena;
  for (uint32_t i = 0; i < harness_arena_bytes; i++) arena[i] = ARENA_FILL;
}

int main(void) {
  uint32_t n_samples = 0;
  uint32_t most_stack = 0;
  transport_open();
  transport_read(&n_samples, sizeof n_samples);
  harness_begin(harness_arena);
  for (uint32_t sample = 0; sample < n_samples; sample++) {
    fill_arena();
    for (uint32_t call = 0; call < harness_n_calls; call++) {
      const uint32_t stack = run_call(call);
      if (stack > most_stack) most_stack = stack;
    }
  }
  if (most_stack == STACK_EXHAUSTED) transport_exit(HARNESS_STACK_OVERFLOW);
  transport_write(&most_stack, sizeof most_stack);
  transport_exit(HARNESS_DONE);
}

void harness_fault(uint32_t cause, uint32_t pc) {
  static char text[] = "fault 00000000 at pc 00000000\n";
  for (uint32_t i = 0; i < 8; i++) {
    text[13 - i] = "0123456789abcdef"[cause >> (4 * i) & 15u];
    text[28 - i] = "0123456789abcdef"[pc >> (4 * i) & 15u];
  }
  transport_print(text);
  transport_exit(HARNESS_FAULT);
}
