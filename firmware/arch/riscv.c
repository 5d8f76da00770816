/* Start-up and exceptions of 32-bit RISC-V cores in machine mode. */
#include "../harness/harness.h"
#include "memory.h"

void harness_start(void);

/* mstatus.FS = 1 (initial) turns the floating-point unit on; without one it stays 0. */
__asm__(
    ".section .start, \"ax\"\n"
    ".option push\n"
    ".option arch, +zicsr\n"
    ".global harness_reset\n"
    ".type harness_reset, @function\n"
    "harness_reset:\n"
    ".option push\n"
    ".option norelax\n"
    "la gp, __global_pointer$\n"
    ".option pop\n"
    "la sp, harness_stack_top\n"
    "la t0, harness_exception\n"
    "csrw mtvec, t0\n"
    "li t0, 0x2000\n"
    "csrs mstatus, t0\n"
    "call harness_start\n"
    ".size harness_reset, . - harness_reset\n"
    ".balign 4\n"
    ".type harness_exception, @function\n"
    "harness_exception:\n"
    "csrr a0, mcause\n"
    "csrr a1, mepc\n"
    "la sp, harness_stack_top\n"
    "call harness_fault\n"
    ".size harness_exception, . - harness_exception\n"
    ".option pop\n"
    ".text\n");

__attribute__((used)) void harness_start(void) {
  memory_initialise();
  (void)main();
}
