//! What several operators share: families of operators, exact arithmetic and C headers.

pub(super) mod arithmetic;
pub(super) mod binary;
pub(super) mod broadcast;
pub(super) mod convolution;
pub(super) mod fixed_math;
pub(super) mod float_math;
pub(super) mod linear;
pub(super) mod movement;
pub(super) mod order;
pub(super) mod prepared;
pub(super) mod real;
pub(super) mod requantise;
pub(super) mod sequence;
pub(super) mod sigmoid_s16;
mod single_sum;
pub(super) mod sum;
pub(super) mod table;
pub(super) mod unary;
pub(super) mod weights;

use super::Source;

/// Macros, clamps, copies.
pub(crate) const COMMON: Source =
    Source { file: "smidgen_common.h", text: include_str!("smidgen_common.h") };

/// Fixed-point requantisation.
pub(super) const REQUANTISE: Source =
    Source { file: "smidgen_requantise.h", text: include_str!("smidgen_requantise.h") };

/// Fixed-point requantisation of int16.
pub(super) const REQUANTISE_S16: Source =
    Source { file: "smidgen_requantise_s16.h", text: include_str!("smidgen_requantise_s16.h") };

/// Functions of fixed-point numbers.
pub(super) const FIXED_MATH: Source =
    Source { file: "smidgen_fixed_math.h", text: include_str!("smidgen_fixed_math.h") };

/// Strided copies.
pub(super) const MOVE: Source =
    Source { file: "smidgen_move.h", text: include_str!("smidgen_move.h") };

/// Indices that are known at run time.
pub(super) const INDEX: Source =
    Source { file: "smidgen_index.h", text: include_str!("smidgen_index.h") };

/// Walks two broadcast operands row by row.
pub(super) const BROADCAST: Source =
    Source { file: "smidgen_broadcast.h", text: include_str!("smidgen_broadcast.h") };

/// Exponential, hyperbolic tangent and logistic function of floats.
pub(super) const FLOAT_MATH: Source =
    Source { file: "smidgen_float_math.h", text: include_str!("smidgen_float_math.h") };

/// Logarithm, roots, circular functions, error function and roundings of floats; needs [`FLOAT_MATH`].
pub(super) const FLOAT_FUNCTIONS: Source =
    Source { file: "smidgen_float_functions.h", text: include_str!("smidgen_float_functions.h") };

/// Sums of products and non-linear functions of floats.
pub(super) const RECURRENT_F32: Source =
    Source { file: "smidgen_recurrent_f32.h", text: include_str!("smidgen_recurrent_f32.h") };

/// Functions of 16-bit fixed-point numbers.
pub(super) const FIXED_MATH_S16: Source =
    Source { file: "smidgen_fixed_math_s16.h", text: include_str!("smidgen_fixed_math_s16.h") };

/// Functions of int8 that are linear up to rounding.
const LINEAR_S8: Source =
    Source { file: "smidgen_linear_s8.h", text: include_str!("smidgen_linear_s8.h") };
