/* Files through semihosting: an instruction that the emulator takes as a call to the host.
 * Operations and their arguments: "Semihosting for AArch32 and AArch64", Arm 2024.
 */
#include "../harness/harness.h"
#include "transport.h"

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { MODE_READ_BINARY = 1, MODE_WRITE_BINARY = 5 };
#define APPLICATION_EXIT 0x20026u

static uint32_t input;
static uint32_t output;

/* `argument` is a block of words, or the operation's only argument. */
static uint32_t semihosting(uint32_t operation, const void *argument) {
#if defined(__arm__)
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#else
  register uint32_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = argument;
  /* The three instructions must be uncompressed and must not cross a page. */
  __asm__ volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
#endif
}

static uint32_t address(const void *pointer) { return (uint32_t)(uintptr_t)pointer; }

static uint32_t open_file(const char *name, uint32_t bytes, uint32_t mode) {
  const uint32_t block[] = {address(name), mode, bytes};
  const uint32_t handle = semihosting(SYS_OPEN, block);
  if (handle == UINT32_MAX) transport_exit(HARNESS_NO_FILES);
  return handle;
}

/* SYS_READ and SYS_WRITE return the number of bytes that they did not transfer. */
static uint32_t transfer(uint32_t operation, uint32_t handle, const void *data, uint32_t bytes) {
  const uint32_t block[] = {handle, address(data), bytes};
  return bytes == 0 ? 0 : semihosting(operation, block);
}

void transport_open(void) {
  static const char input_name[] = "input.bin";
  static const char output_name[] = "output.bin";
  input = open_file(input_name, sizeof input_name - 1, MODE_READ_BINARY);
  output = open_file(output_name, sizeof output_name - 1, MODE_WRITE_BINARY);
}

void transport_read(void *to, uint32_t bytes) {
  if (transfer(SYS_READ, input, to, bytes) != 0) transport_exit(HARNESS_SHORT_INPUT);
}

void transport_write(const void *from, uint32_t bytes) {
  if (transfer(SYS_WRITE, output, from, bytes) != 0) transport_exit(HARNESS_OUTPUT_FAILED);
}

void transport_print(const char *text) { semihosting(SYS_WRITE0, text); }

void transport_exit(int status) {
  const uint32_t block[] = {APPLICATION_EXIT, (uint32_t)status};
  for (;;) semihosting(SYS_EXIT_EXTENDED, block);
}
