/* A filter bank with a memory, of floats. */
#ifndef SMIDGEN_SVDF_F32_H
#define SMIDGEN_SVDF_F32_H

#include "smidgen_recurrent_f32.h"

/* feature: [units * rank][inputs], time: [units * rank][memory], state: the last outputs of every
   filter, the newest behind the others. */
SMIDGEN_INLINE void smidgen_svdf_f32(const float *x, const float *feature, const float *time,
                                     const float *bias, float *state, float *y, int32_t batch,
                                     int32_t inputs, int32_t units, int32_t rank, int32_t memory,
                                     int32_t tanh, float low, float high) {
    for (int32_t b = 0; b < batch; b++) {
        const float *f = feature, *t = time;
        for (int32_t unit = 0; unit < units; unit++) {
            float sum = bias[unit];
            for (int32_t r = 0; r < rank; r++) {
                for (int32_t i = 0; i < memory - 1; i++) {
                    state[i] = state[i + 1];
                }
                state[memory - 1] = smidgen_dot_f32(0.0f, x, f, inputs);
                sum += smidgen_dot_f32(0.0f, state, t, memory);
                f += inputs;
                t += memory;
                state += memory;
            }
            *y++ = smidgen_nonlinear(sum, tanh, low, high);
        }
        x += inputs;
    }
}

#endif
