/* A layer of floats whose output is part of its next input, behind gates. */
#ifndef SMIDGEN_GRU_F32_H
#define SMIDGEN_GRU_F32_H

#include "smidgen_recurrent_f32.h"

/* weights: rows of `inputs` weights for the input, then `units` for the hidden state: `units` rows of
   the update gate, as many of the reset gate and of the candidate. bias: one for each row, then those
   of the hidden state's part of the candidate. scratch: two floats per unit. The vectors of a sequence
   are numbered from `first` on, `along` apart; those of the outputs are `width` long. */
SMIDGEN_INLINE void smidgen_gru_f32(const float *x, const float *weights, const float *bias,
                                    float *hidden, void *scratch, float *y, int32_t batch,
                                    int32_t time, int32_t across, int32_t first, int32_t along,
                                    int32_t inputs, int32_t units, int32_t width,
                                    int32_t resets_first) {
    float *const update = scratch;
    float *const reset = update + units;
    for (int32_t b = 0; b < batch; b++) {
        int32_t vector = b * across + first;
        for (int32_t t = 0; t < time; t++) {
            const float *w = weights;
            const float *const input = x + vector * inputs;
            float *const output = y + vector * width;
            for (int32_t k = 0; k < 2 * units; k++) {
                const float sum = smidgen_dot_f32(bias[k], input, w, inputs);
                update[k] = smidgen_logistic(smidgen_dot_f32(sum, hidden, w + inputs, units));
                w += inputs + units;
            }
            if (resets_first) {
                for (int32_t k = 0; k < units; k++) {
                    reset[k] *= hidden[k];
                }
            }
            const float *const state = resets_first ? reset : hidden;
            for (int32_t k = 0; k < units; k++) {
                const float sum = smidgen_dot_f32(bias[2 * units + k], input, w, inputs);
                float past = smidgen_dot_f32(bias[3 * units + k], state, w + inputs, units);
                if (!resets_first) {
                    past *= reset[k];
                }
                const float candidate = smidgen_tanh(sum + past);
                output[k] = candidate + update[k] * (hidden[k] - candidate);
                w += inputs + units;
            }
            for (int32_t k = 0; k < units; k++) {
                hidden[k] = output[k];
            }
            vector += along;
        }
        hidden += units;
    }
}

#endif
