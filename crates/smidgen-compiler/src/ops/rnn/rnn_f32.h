/* A layer of floats whose output is part of its next input. */
#ifndef SMIDGEN_RNN_F32_H
#define SMIDGEN_RNN_F32_H

#include "smidgen_recurrent_f32.h"

/* weights: rows of `inputs` weights for the input, then `units` for the hidden state. The vectors of
   a sequence are numbered from `first` on, `along` apart; those of the outputs are `width` long. */
SMIDGEN_INLINE void smidgen_rnn_f32(const float *x, const float *weights, const float *bias,
                                    float *hidden, float *y, int32_t batch, int32_t time,
                                    int32_t across, int32_t first, int32_t along, int32_t inputs,
                                    int32_t units, int32_t width, int32_t tanh, float low,
                                    float high) {
    for (int32_t b = 0; b < batch; b++) {
        int32_t vector = b * across + first;
        for (int32_t t = 0; t < time; t++) {
            const float *w = weights;
            float *const output = y + vector * width;
            for (int32_t u = 0; u < units; u++) {
                float sum = smidgen_dot_f32(bias[u], x + vector * inputs, w, inputs);
                sum = smidgen_dot_f32(sum, hidden, w + inputs, units);
                output[u] = smidgen_nonlinear(sum, tanh, low, high);
                w += inputs + units;
            }
            for (int32_t u = 0; u < units; u++) {
                hidden[u] = output[u];
            }
            vector += along;
        }
        hidden += units;
    }
}

#endif
