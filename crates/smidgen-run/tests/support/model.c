/* Two steps written by hand, in the form that the compiler emits. */
#include "model.h"

#include "model_weights.h"

/* int8 [16] at 0 -> int8 [16] at 16: x * weight / 4, rounded down, saturated. */
static __attribute__((noinline)) void tiny_scale(uint8_t *arena) {
  const int8_t *x = (const int8_t *)arena;
  int8_t *y = (int8_t *)(arena + 16);
  for (int i = 0; i < 16; i++) {
    const int32_t product = (x[i] * tiny_scale_weights[i]) >> 2;
    y[i] = (int8_t)(product > 127 ? 127 : product < -128 ? -128 : product);
  }
}

/* int8 [16] at 16 -> float [4] at 32: the sum of four, times a factor. */
static __attribute__((noinline)) void tiny_sum(uint8_t *arena) {
  const int8_t *x = (const int8_t *)(arena + 16);
  float *y = (float *)(void *)(arena + 32);
  for (int i = 0; i < 4; i++) {
    float sum = 0.0f;
    for (int k = 0; k < 4; k++) sum += (float)x[4 * i + k];
    y[i] = sum * tiny_sum_factors[i];
  }
}

void tiny_run(void *arena) {
  tiny_scale(arena);
  tiny_sum(arena);
  TINY_MISBEHAVE(arena);
}

#ifdef SMIDGEN_TRACE
extern void (*const tiny_steps[])(uint8_t *arena);
void (*const tiny_steps[])(uint8_t *arena) = {tiny_scale, tiny_sum};
#endif
