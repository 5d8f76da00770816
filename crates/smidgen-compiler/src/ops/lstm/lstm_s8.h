/* A layer of int8 with a memory of int16, bit for bit as LiteRT's reference kernels. */
#ifndef SMIDGEN_LSTM_S8_H
#define SMIDGEN_LSTM_S8_H

#include "smidgen_fixed_math_s16.h"
#include "smidgen_requantise.h"

/* Where the numbers of a gate are: multipliers with shifts of the sums over the input and over the
   hidden state, of peepholes and of the normalised gate, and the variance that stands for one
   below 1. */
enum {
    SMIDGEN_LSTM_INPUT = 0,
    SMIDGEN_LSTM_HIDDEN = 2,
    SMIDGEN_LSTM_PEEPHOLE = 4,
    SMIDGEN_LSTM_NORM = 6,
    SMIDGEN_LSTM_GUARD = 8,
    SMIDGEN_LSTM_NUMBERS = 9
};

SMIDGEN_INLINE int32_t smidgen_dot_s8(int32_t sum, const int8_t *x, const int8_t *w,
                                      int32_t length) {
    uint32_t wrapping = (uint32_t)sum;
    for (int32_t i = 0; i < length; i++) {
        wrapping += (uint32_t)(x[i] * w[i]);
    }
    return (int32_t)wrapping;
}

/* sum + x * multiplier, saturated. */
SMIDGEN_INLINE int16_t smidgen_add_scaled_s16(int32_t sum, int32_t x, const int32_t *scale) {
    const int32_t scaled = smidgen_clamp(smidgen_requantise(x, scale[0], scale[1]), -65536, 65535);
    return (int16_t)smidgen_saturate_s16(sum + scaled);
}

/* 1 / sqrt(x) as a multiplier and a shift, as gemmlowp's fixed point has it. */
SMIDGEN_INLINE void smidgen_inverse_square_root(int32_t x, int32_t *scale) {
    if (x <= 1) {
        scale[0] = INT32_MAX;
        scale[1] = 0;
        return;
    }
    int32_t right = 11;
    for (; x >= 1 << 29; x /= 4) {
        right++;
    }
    for (; x < 1 << 27; x *= 4) {
        right--;
    }
    /* Three integer bits; five steps of Newton's iteration from 1. */
    const int32_t half = ((x >> 1) + 1) >> 1;
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; i++) {
        const int64_t square = ((int64_t)y * y + (1 << 30)) >> 31;
        const int64_t cube = 64 * ((square * y + (1 << 30)) >> 31);
        const int64_t next = (((int64_t)402653184 * y + (1 << 30)) >> 31) -
                             ((half * cube + (1 << 30)) >> 31);
        y = (int32_t)(8 * next);
    }
    y = (int32_t)(((int64_t)y * 1518500250 + (1 << 30)) >> 31);
    scale[0] = right < 0 ? y * (1 << -right) : y;
    scale[1] = right < 0 ? 0 : -right;
}

/* Brings the mean to 0 and the variance to 1, then multiplies and adds. */
SMIDGEN_INLINE void smidgen_normalise_s16(int16_t *x, const int16_t *factors, const int32_t *bias,
                                          const int32_t *scales, int32_t length) {
    int64_t sum = 0, squares = 0;
    for (int32_t i = 0; i < length; i++) {
        sum += x[i];
        squares += x[i] * x[i];
    }
    const int32_t mean = (int32_t)(sum * 1024 / length);
    const int64_t spread = squares * ((1 << 20) / length) - (int64_t)mean * mean;
    const int32_t variance = (int32_t)(spread / (1 << 20));
    int32_t scale[2];
    smidgen_inverse_square_root(variance < 1 ? scales[SMIDGEN_LSTM_GUARD] : variance, scale);
    for (int32_t i = 0; i < length; i++) {
        const int32_t scaled = smidgen_requantise(1024 * x[i] - mean, scale[0], scale[1]);
        const int32_t y =
            (int32_t)((uint32_t)scaled * (uint32_t)factors[i] + (uint32_t)bias[i]);
        const int32_t rounded = (int32_t)(((int64_t)y + (y > 0 ? 512 : -512)) / 1024);
        x[i] = (int16_t)smidgen_saturate_s16(
            smidgen_requantise(rounded, scales[SMIDGEN_LSTM_NORM], scales[SMIDGEN_LSTM_NORM + 1]));
    }
}

/* What is the same in all steps. weights: for each gate (input unless it is coupled to the next,
   forget, candidate, output) rows of weights for the input, then for the hidden state; then rows of
   the projection. bias: for each row what the sums over input and hidden state begin with, in pairs;
   then those of the projection; then the biases of normalised gates. fine: peepholes of all gates
   but the candidate, then factors of normalised gates. */
typedef struct {
    const int8_t *weights;
    const int32_t *bias;
    const int16_t *fine;
    const int32_t *scales;
    int32_t inputs, cells, outputs, coupled, peephole, projection, norm;
    int32_t cell_power, cell_clip, inner[2], inner_zero_point;
    int32_t scale[2], zero_point, projection_clip;
} smidgen_lstm_s8_layer;

/* Gate g of one sequence. */
SMIDGEN_INLINE void smidgen_lstm_gate_s8(const smidgen_lstm_s8_layer *layer, int32_t g,
                                         const int8_t *x, const int8_t *hidden, const int16_t *cell,
                                         int16_t *gate) {
    const int32_t count = layer->coupled ? 3 : 4, cells = layer->cells;
    const int32_t is_candidate = g == count - 2, width = layer->inputs + layer->outputs;
    const int32_t *const scales = layer->scales + g * SMIDGEN_LSTM_NUMBERS;
    const int8_t *w = layer->weights + g * cells * width;
    const int32_t *bias = layer->bias + 2 * g * cells;
    for (int32_t k = 0; k < cells; k++) {
        const int32_t first = smidgen_dot_s8(bias[0], x, w, layer->inputs);
        const int32_t second = smidgen_dot_s8(bias[1], hidden, w + layer->inputs, layer->outputs);
        gate[k] = smidgen_add_scaled_s16(0, first, scales + SMIDGEN_LSTM_INPUT);
        gate[k] = smidgen_add_scaled_s16(gate[k], second, scales + SMIDGEN_LSTM_HIDDEN);
        w += width;
        bias += 2;
    }
    if (layer->peephole && !is_candidate) {
        const int16_t *const factors = layer->fine + (g < count - 1 ? g : g - 1) * cells;
        for (int32_t k = 0; k < cells; k++) {
            gate[k] = smidgen_add_scaled_s16(gate[k], factors[k] * cell[k], scales + SMIDGEN_LSTM_PEEPHOLE);
        }
    }
    if (layer->norm) {
        const int32_t peepholes = layer->peephole ? count - 1 : 0;
        const int32_t projected = layer->projection ? layer->outputs : 0;
        smidgen_normalise_s16(gate, layer->fine + (peepholes + g) * cells,
                              layer->bias + (2 * count + g) * cells + projected, scales, cells);
    }
    for (int32_t k = 0; k < cells; k++) {
        gate[k] = (int16_t)(is_candidate ? smidgen_tanh_fixed_s16(gate[k], 3)
                                         : smidgen_logistic_q3(gate[k]));
    }
}

/* One step of one sequence. scratch: 4 * cells int16. */
SMIDGEN_INLINE void smidgen_lstm_step_s8(const smidgen_lstm_s8_layer *layer, const int8_t *x,
                                         int8_t *hidden, int16_t *cell, int16_t *scratch) {
    const int32_t count = layer->coupled ? 3 : 4, cells = layer->cells;
    int16_t *const forget = scratch + (layer->coupled ? 0 : cells);
    int16_t *const candidate = forget + cells;
    int16_t *const output = candidate + cells;
    for (int32_t g = 0; g < count; g++) {
        if (g == count - 1) {
            for (int32_t k = 0; k < cells; k++) {
                const int32_t entering = layer->coupled ? INT16_MAX - forget[k] : scratch[k];
                const int32_t kept = smidgen_round_shift(forget[k] * cell[k], 15);
                const int32_t added =
                    smidgen_round_shift(entering * candidate[k], 30 + layer->cell_power);
                const int32_t clip = layer->cell_clip;
                cell[k] = (int16_t)smidgen_saturate_s16(smidgen_clamp(kept + added, -clip, clip));
            }
        }
        smidgen_lstm_gate_s8(layer, g, x, hidden, cell, scratch + g * cells);
    }
    const int32_t *const inner = layer->inner;
    for (int32_t k = 0; k < cells; k++) {
        const int32_t product =
            output[k] * smidgen_tanh_fixed_s16(cell[k], 15 + layer->cell_power);
        const int32_t scaled = smidgen_requantise(product, inner[0], inner[1]);
        const int32_t value = smidgen_clamp(scaled, -65536, 65535);
        if (layer->projection) {
            candidate[k] = (int16_t)smidgen_clamp(value - layer->inner_zero_point, -128, 127);
        } else {
            hidden[k] = (int8_t)smidgen_clamp(value + layer->inner_zero_point, -128, 127);
        }
    }
    if (layer->projection) {
        const int8_t *w = layer->weights + count * cells * (layer->inputs + layer->outputs);
        const int32_t *const bias = layer->bias + 2 * count * cells;
        for (int32_t k = 0; k < layer->outputs; k++) {
            uint32_t sum = (uint32_t)bias[k];
            for (int32_t i = 0; i < cells; i++) {
                sum += (uint32_t)(candidate[i] * *w++);
            }
            const int32_t scaled =
                smidgen_requantise((int32_t)sum, layer->scale[0], layer->scale[1]);
            const int32_t value = smidgen_clamp(
                smidgen_clamp(scaled, -65536, 65535) + layer->zero_point, -128, 127);
            hidden[k] =
                (int8_t)smidgen_clamp(value, -layer->projection_clip, layer->projection_clip);
        }
    }
}

/* scales: SMIDGEN_LSTM_NUMBERS for each gate. Clips of 32768 and 128 are none. The
   vectors of a sequence are numbered from `first` on, `along` apart. */
SMIDGEN_INLINE void smidgen_lstm_s8(
    const int8_t *x, const int8_t *weights, const int32_t *bias, const int32_t *scales,
    const int16_t *fine, int8_t *hidden, int16_t *cell, void *scratch, int8_t *y, int32_t batch,
    int32_t time, int32_t across, int32_t first, int32_t along, int32_t inputs, int32_t cells,
    int32_t outputs, int32_t coupled, int32_t peephole, int32_t projection, int32_t norm,
    int32_t cell_power, int32_t cell_clip, int32_t inner_multiplier, int32_t inner_shift,
    int32_t inner_zero_point, int32_t multiplier, int32_t shift, int32_t zero_point,
    int32_t projection_clip) {
    const smidgen_lstm_s8_layer layer = {weights,
                                         bias,
                                         fine,
                                         scales,
                                         inputs,
                                         cells,
                                         outputs,
                                         coupled,
                                         peephole,
                                         projection,
                                         norm,
                                         cell_power,
                                         cell_clip,
                                         {inner_multiplier, inner_shift},
                                         inner_zero_point,
                                         {multiplier, shift},
                                         zero_point,
                                         projection_clip};
    for (int32_t b = 0; b < batch; b++) {
        int32_t vector = b * across + first;
        for (int32_t t = 0; t < time; t++) {
            smidgen_lstm_step_s8(&layer, x + vector * inputs, hidden, cell, scratch);
            for (int32_t k = 0; k < outputs; k++) {
                y[vector * outputs + k] = hidden[k];
            }
            vector += along;
        }
        hidden += outputs;
        cell += cells;
    }
}

#endif
