/* A layer of floats with a memory. */
#ifndef SMIDGEN_LSTM_F32_H
#define SMIDGEN_LSTM_F32_H

#include "smidgen_float_functions.h"
#include "smidgen_recurrent_f32.h"

SMIDGEN_INLINE float smidgen_clip_f32(float x, float bound) {
    return bound > 0.0f ? smidgen_clamp_f32(x, -bound, bound) : x;
}

/* Brings the mean to 0 and the variance to 1, then multiplies and adds. */
SMIDGEN_INLINE void smidgen_normalise_f32(float *x, const float *factors, const float *bias,
                                          int32_t length) {
    float sum = 0.0f, squares = 0.0f;
    for (int32_t i = 0; i < length; i++) {
        sum += x[i];
    }
    const float mean = sum / (float)length;
    for (int32_t i = 0; i < length; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    const float scale = 1.0f / smidgen_sqrt(squares / (float)length + 1e-8f);
    for (int32_t i = 0; i < length; i++) {
        x[i] = (x[i] - mean) * scale * factors[i] + bias[i];
    }
}

/* One step of one sequence. weights: for each gate (input unless it is coupled to the next, forget,
   candidate, output) rows of weights for the input, then for the hidden state; behind them, where
   they are present, biases of the gates, peepholes of all gates but the candidate, factors of
   normalised gates, weights of the projection in rows, and its biases. gates: scratch. */
SMIDGEN_INLINE void smidgen_lstm_step_f32(const float *x, const float *weights, float *hidden,
                                          float *cell, float *gates, int32_t inputs, int32_t cells,
                                          int32_t outputs, int32_t coupled, int32_t peephole,
                                          int32_t projection, int32_t norm, float cell_clip,
                                          float projection_clip, int32_t tanh, float low,
                                          float high) {
    const int32_t count = coupled ? 3 : 4;
    const float *w = weights;
    const float *const bias = weights + count * cells * (inputs + outputs);
    const float *peepholes = bias + count * cells;
    const float *const factors = peepholes + (peephole ? (count - 1) * cells : 0);
    const float *const projected = factors + (norm ? count * cells : 0);
    float *const forget = gates + (coupled ? 0 : cells);
    float *const candidate = forget + cells;
    float *const output = candidate + cells;
    for (int32_t g = 0; g < count; g++) {
        float *const gate = gates + g * cells;
        const int32_t is_candidate = g == count - 2;
        if (g == count - 1) {
            for (int32_t k = 0; k < cells; k++) {
                const float entering = coupled ? 1.0f - forget[k] : gates[k];
                const float c = forget[k] * cell[k] + candidate[k] * entering;
                cell[k] = smidgen_clip_f32(c, cell_clip);
            }
        }
        for (int32_t k = 0; k < cells; k++) {
            const float start = norm ? 0.0f : bias[g * cells + k];
            const float sum = smidgen_dot_f32(start, x, w, inputs);
            gate[k] = smidgen_dot_f32(sum, hidden, w + inputs, outputs);
            w += inputs + outputs;
        }
        if (peephole && !is_candidate) {
            for (int32_t k = 0; k < cells; k++) {
                gate[k] += *peepholes++ * cell[k];
            }
        }
        if (norm) {
            smidgen_normalise_f32(gate, factors + g * cells, bias + g * cells, cells);
        }
        for (int32_t k = 0; k < cells; k++) {
            gate[k] = is_candidate ? smidgen_nonlinear(gate[k], tanh, low, high)
                                   : smidgen_logistic(gate[k]);
        }
    }
    float *const values = projection ? candidate : hidden;
    for (int32_t k = 0; k < cells; k++) {
        values[k] = output[k] * smidgen_nonlinear(cell[k], tanh, low, high);
    }
    if (projection) {
        const float *const projected_bias = projected + outputs * cells;
        for (int32_t k = 0; k < outputs; k++) {
            const float start = projection > 1 ? projected_bias[k] : 0.0f;
            const float sum = smidgen_dot_f32(start, values, projected + k * cells, cells);
            hidden[k] = smidgen_clip_f32(sum, projection_clip);
        }
    }
}

/* projection: 0 for none, 1 without and 2 with biases. The vectors of a sequence are numbered from
   `first` on, `along` apart; those of the outputs are `width` long. */
SMIDGEN_INLINE void smidgen_lstm_f32(const float *x, const float *weights, float *hidden, float *cell,
                                     void *scratch, float *y, int32_t batch, int32_t time,
                                     int32_t across, int32_t first, int32_t along, int32_t inputs,
                                     int32_t cells, int32_t outputs, int32_t width,
                                     int32_t coupled, int32_t peephole, int32_t projection,
                                     int32_t norm, float cell_clip, float projection_clip,
                                     int32_t tanh, float low, float high) {
    for (int32_t b = 0; b < batch; b++) {
        int32_t vector = b * across + first;
        for (int32_t t = 0; t < time; t++) {
            smidgen_lstm_step_f32(x + vector * inputs, weights, hidden, cell, scratch, inputs, cells,
                                  outputs, coupled, peephole, projection, norm, cell_clip,
                                  projection_clip, tanh, low, high);
            for (int32_t k = 0; k < outputs; k++) {
                y[vector * width + k] = hidden[k];
            }
            vector += along;
        }
        hidden += outputs;
        cell += cells;
    }
}

#endif
