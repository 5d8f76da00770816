/* The memory functions that compilers may call. They live outside the harness proper, so that a
 * model that needs one pays for it. Compiled so that loops are not turned into calls of themselves.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

#define WORD sizeof(word)

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);

/* Copies from low to high addresses, by words where both sides are aligned. */
static inline void copy_up(unsigned char *to, const unsigned char *from, size_t bytes) {
  if ((((uintptr_t)to | (uintptr_t)from) & (WORD - 1)) == 0) {
    for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) {
      *(word *)(void *)to = *(const word *)(const void *)from;
    }
  }
  while (bytes-- > 0) *to++ = *from++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  copy_up(to, from, bytes);
  return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (t <= f) {
    copy_up(t, f, bytes);
  } else {
    while (bytes-- > 0) t[bytes] = f[bytes];
  }
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  unsigned char *t = to;
  const unsigned char byte = (unsigned char)value;
  if (((uintptr_t)to & (WORD - 1)) == 0) {
    const word pattern = 0x01010101u * byte;
    for (; bytes >= WORD; bytes -= WORD, t += WORD) *(word *)(void *)t = pattern;
  }
  while (bytes-- > 0) *t++ = byte;
  return to;
}

int memcmp(const void *left, const void *right, size_t bytes) {
  const unsigned char *l = left;
  const unsigned char *r = right;
  for (; bytes > 0; bytes--, l++, r++) {
    if (*l != *r) return *l < *r ? -1 : 1;
  }
  return 0;
}
