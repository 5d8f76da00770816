/* Functions of each element of an array of floats. All run in place where y == x. */
#ifndef SMIDGEN_FUNCTIONS_F32_H
#define SMIDGEN_FUNCTIONS_F32_H

#include "smidgen_float_functions.h"

/* A function of arrays whose elements are `result` for every v of x. */
#define SMIDGEN_FUNCTION_F32(name, result)                                                    \
    SMIDGEN_INLINE void smidgen_##name##_f32(const float *x, float *y, int32_t length) {      \
        for (int32_t i = 0; i < length; i++) {                                                \
            const float v = x[i];                                                             \
            y[i] = (result);                                                                  \
        }                                                                                     \
    }

/* Additions of 0 make -0 a 0. */
SMIDGEN_FUNCTION_F32(abs, v < 0.0f ? -v : v + 0.0f)
SMIDGEN_FUNCTION_F32(ceil, -smidgen_floor(-v))
SMIDGEN_FUNCTION_F32(cos, smidgen_cos(v))
SMIDGEN_FUNCTION_F32(elu, v < 0.0f ? smidgen_expm1_of_negative(v) : v)
SMIDGEN_FUNCTION_F32(erf, smidgen_erf(v))
SMIDGEN_FUNCTION_F32(exp, smidgen_exp(v))
SMIDGEN_FUNCTION_F32(floor, smidgen_floor(v))
SMIDGEN_FUNCTION_F32(gelu, 0.5f * v * smidgen_erfc(v * -0.70710678f))
SMIDGEN_FUNCTION_F32(gelu_approximate,
                     0.5f * v *
                         (1.0f + smidgen_tanh(0.7978846f * (v + 0.044715f * v * v * v))))
SMIDGEN_FUNCTION_F32(hard_swish, v * smidgen_clamp_f32(v + 3.0f, 0.0f, 6.0f) / 6.0f)
SMIDGEN_FUNCTION_F32(log, smidgen_log(v))
SMIDGEN_FUNCTION_F32(logistic, smidgen_logistic(v))
SMIDGEN_FUNCTION_F32(neg, -v)
SMIDGEN_FUNCTION_F32(round, smidgen_round(v))
SMIDGEN_FUNCTION_F32(rsqrt, 1.0f / smidgen_sqrt(v))
SMIDGEN_FUNCTION_F32(sign, v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : v + 0.0f)
SMIDGEN_FUNCTION_F32(sin, smidgen_sin(v))
SMIDGEN_FUNCTION_F32(sqrt, smidgen_sqrt(v))
SMIDGEN_FUNCTION_F32(square, v * v)
SMIDGEN_FUNCTION_F32(tanh, smidgen_tanh(v))

SMIDGEN_INLINE void smidgen_leaky_relu_f32(const float *x, float *y, int32_t length, float alpha) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = x[i] > 0.0f ? x[i] : x[i] * alpha;
    }
}

SMIDGEN_INLINE void smidgen_clamp_array_f32(const float *x, float *y, int32_t length, float low,
                                            float high) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_clamp_f32(x[i], low, high);
    }
}

#endif
