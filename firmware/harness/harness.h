/* What the harness needs to know about a model; the glue that defines it is generated. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdint.h>

/* A tensor in the arena or in the state behind it. */
typedef struct {
  uint32_t offset;
  uint32_t bytes;
} harness_port;

/* One call of generated code: read the inputs, call, write the outputs. */
typedef struct {
  const harness_port *inputs;
  uint32_t n_inputs;
  const harness_port *outputs;
  uint32_t n_outputs;
} harness_call;

/* A whole inference is one call; in a step-by-step build each step is a call of its own. */
extern const harness_call harness_calls[];
extern const uint32_t harness_n_calls;
extern uint8_t harness_arena[];
extern const uint32_t harness_arena_bytes;
/* Puts the model's state, which follows the arena, into its first condition. */
void harness_begin(uint8_t *arena);
void harness_invoke(uint32_t call, uint8_t *arena);

/* Exit codes. The host's table is in `crates/smidgen-run/src/runner/status.rs`. */
enum {
  HARNESS_DONE = 0,
  HARNESS_FAULT = 101,
  HARNESS_NO_FILES = 102,
  HARNESS_SHORT_INPUT = 103,
  HARNESS_OUTPUT_FAILED = 104,
  HARNESS_STACK_OVERFLOW = 105
};

/* Ends the program after an unexpected exception. */
void harness_fault(uint32_t cause, uint32_t pc);

int main(void);

#endif
