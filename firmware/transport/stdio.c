/* Files through the C library of the host. */
#include <stdio.h>
#include <stdlib.h>

#include "../harness/harness.h"
#include "transport.h"

static FILE *input;
static FILE *output;

void transport_open(void) {
  input = fopen("input.bin", "rb");
  output = fopen("output.bin", "wb");
  if (input == NULL || output == NULL) transport_exit(HARNESS_NO_FILES);
}

void transport_read(void *to, uint32_t bytes) {
  if (fread(to, 1, bytes, input) != bytes) transport_exit(HARNESS_SHORT_INPUT);
}

void transport_write(const void *from, uint32_t bytes) {
  if (fwrite(from, 1, bytes, output) != bytes) transport_exit(HARNESS_OUTPUT_FAILED);
}

void transport_print(const char *text) { fputs(text, stderr); }

void transport_exit(int status) {
  if (output != NULL && fclose(output) != 0 && status == HARNESS_DONE) {
    status = HARNESS_OUTPUT_FAILED;
  }
  exit(status);
}
