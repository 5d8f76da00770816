/* Files `input.bin` and `output.bin` in the directory where the emulator or the host program runs.
 * Every function ends the program when it cannot do its work.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdint.h>

void transport_open(void);
void transport_read(void *to, uint32_t bytes);
void transport_write(const void *from, uint32_t bytes);
void transport_print(const char *text);
__attribute__((noreturn)) void transport_exit(int status);

#endif
