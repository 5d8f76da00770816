/* A layer of int8 or int16 with a memory of int16, bit for bit as TFLite Micro's reference
   kernels. */
#ifndef SMIDGEN_LSTM_TABLE_H
#define SMIDGEN_LSTM_TABLE_H

#include "smidgen_requantise_s16.h"
#include "smidgen_sigmoid_s16.h"

SMIDGEN_INLINE int32_t smidgen_lstm_saturate(int32_t x) {
    return smidgen_clamp(x, INT16_MIN, INT16_MAX);
}

/* bias + products of a vector of int8, or of int16 where `wide`, with int8; wraps to 32 bits, to 64
   bits where wide. */
SMIDGEN_INLINE int64_t smidgen_lstm_sum(const void *x, const int8_t *w, int32_t length,
                                        int64_t bias, int32_t wide) {
    if (wide) {
        int64_t sum = 0;
        for (int32_t i = 0; i < length; i++) {
            sum += ((const int16_t *)x)[i] * w[i];
        }
        return (int64_t)((uint64_t)sum + (uint64_t)bias);
    }
    uint32_t sum = (uint32_t)bias;
    for (int32_t i = 0; i < length; i++) {
        sum += (uint32_t)(((const int8_t *)x)[i] * w[i]);
    }
    return (int32_t)sum;
}

/* Functions of what has 12 fraction bits, and of cells. */
SMIDGEN_INLINE int32_t smidgen_lstm_logistic(int32_t x, const int16_t *table) {
    return ((smidgen_sigmoid_s16(3 * x, table, 9, 32766) + (1 << 9)) >> 10) + (1 << 14);
}

SMIDGEN_INLINE int32_t smidgen_lstm_tanh(int32_t x, int32_t multiplier, int32_t shift,
                                         const int16_t *table) {
    const int32_t argument = smidgen_sigmoid_argument(x, multiplier, shift);
    return (smidgen_sigmoid_s16(argument, table, 8, 32767) + (1 << 7)) >> 8;
}

/* One step of one sequence; see below. */
SMIDGEN_INLINE void smidgen_lstm_step_table(
    const void *x, const int8_t *weights, const void *bias, const int32_t *scales,
    const int16_t *table, void *hidden, int16_t *cell, int16_t *gates, int32_t inputs,
    int32_t cells, int32_t wide, int32_t cell_power, int32_t cell_multiplier, int32_t cell_shift,
    int32_t cell_clip, int32_t multiplier, int32_t shift, int32_t zero_point) {
    for (int32_t k = 0; k < 4 * cells; k++) {
        const int32_t g = k / cells;
        const int32_t *const scale = scales + 4 * g;
        const int8_t *const w = weights + k * (inputs + cells);
        const int64_t starts[2] = {wide ? ((const int64_t *)bias)[k] : ((const int32_t *)bias)[2 * k],
                                   wide ? 0 : ((const int32_t *)bias)[2 * k + 1]};
        const int64_t first = smidgen_lstm_sum(x, w, inputs, starts[0], wide);
        const int64_t second = smidgen_lstm_sum(hidden, w + inputs, cells, starts[1], wide);
        const int32_t rounding = wide ? SMIDGEN_S16_CUT : SMIDGEN_S16_TWICE;
        const int32_t sum = smidgen_lstm_saturate(
            smidgen_output_s16(first, scale, rounding, INT16_MIN, INT16_MAX) +
            smidgen_output_s16(second, scale + 2, rounding, INT16_MIN, INT16_MAX));
        gates[k] = (int16_t)(g == 2 ? smidgen_lstm_tanh(sum, 3, 0, table)
                                    : smidgen_lstm_logistic(sum, table));
    }
    for (int32_t k = 0; k < cells; k++) {
        const int32_t input = gates[k], forget = gates[cells + k];
        const int32_t candidate = gates[2 * cells + k], output = gates[3 * cells + k];
        /* Products with a power of two, still rounded twice. */
        const int32_t kept = smidgen_requantise(forget * cell[k], 1 << 30, -14);
        const int32_t added = smidgen_requantise(input * candidate, 1 << 30, -29 - cell_power);
        const int32_t sum = smidgen_lstm_saturate(kept) + smidgen_lstm_saturate(added);
        const int32_t value = smidgen_lstm_saturate(smidgen_clamp(sum, -cell_clip, cell_clip));
        cell[k] = (int16_t)value;
        const int32_t product =
            output * smidgen_lstm_tanh(value, cell_multiplier, cell_shift, table);
        const int32_t y = smidgen_requantise(product, multiplier, shift);
        const int32_t bounded = smidgen_clamp(y, -65536, 65535) + zero_point;
        if (wide) {
            ((int16_t *)hidden)[k] = (int16_t)smidgen_lstm_saturate(bounded);
        } else {
            ((int8_t *)hidden)[k] = (int8_t)smidgen_clamp(bounded, INT8_MIN, INT8_MAX);
        }
    }
}

/* weights: for each gate (input, forget, candidate, output) rows of weights for the input, then for
   the hidden state. bias: for each row what the sums over input and hidden state begin with, in
   pairs of int32; where the vectors are int16 (wide), what the first begins with, int64. scales: for
   each gate multipliers and right shifts of the two sums, see smidgen_output_s16. A clip of 32768 is
   none. The vectors of a sequence are numbered from `first` on, `along` apart. */
SMIDGEN_INLINE void smidgen_lstm_table(const void *x, const int8_t *weights, const void *bias,
                                       const int32_t *scales, const int16_t *table, void *hidden,
                                       int16_t *cell, void *scratch, void *y, int32_t batch,
                                       int32_t time, int32_t across, int32_t first, int32_t along,
                                       int32_t inputs, int32_t cells, int32_t wide,
                                       int32_t cell_power, int32_t cell_multiplier,
                                       int32_t cell_shift, int32_t cell_clip, int32_t multiplier,
                                       int32_t shift, int32_t zero_point) {
    const int32_t bytes = wide ? 2 : 1;
    for (int32_t b = 0; b < batch; b++) {
        int8_t *const state = (int8_t *)hidden + b * cells * bytes;
        int32_t vector = b * across + first;
        for (int32_t t = 0; t < time; t++) {
            const int8_t *const input = (const int8_t *)x + vector * inputs * bytes;
            smidgen_lstm_step_table(input, weights, bias, scales, table, state, cell + b * cells,
                                    scratch, inputs, cells, wide, cell_power, cell_multiplier,
                                    cell_shift, cell_clip, multiplier, shift, zero_point);
            smidgen_copy_bytes(state, (int8_t *)y + vector * cells * bytes, cells * bytes);
            vector += along;
        }
    }
}

#endif
