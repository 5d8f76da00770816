//! The functions, and their values in single precision.

use crate::ops::common::float_math as math;
use crate::ops::{Activation, OpError};
use crate::reader::tflite::{BuiltinOperator as B, operator_name};
use crate::tensor::DType::{self, Bool, F32, I8, I16, I32, I64};

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// The magnitude.
    Abs,
    /// The least integer that is not below.
    Ceil,
    /// The cosine.
    Cos,
    /// The number, or `e^x - 1` where that is negative.
    Elu,
    /// The error function, which TFLite does not have.
    Erf,
    /// `e^x`.
    Exp,
    /// The greatest integer that is not above.
    Floor,
    /// `x (1 + erf(x / sqrt 2)) / 2`.
    Gelu {
        /// With an approximation by the hyperbolic tangent.
        approximate: bool,
    },
    /// `x relu6(x + 3) / 6`.
    HardSwish,
    /// The number, times `alpha` where it is negative.
    LeakyRelu {
        /// Any finite number.
        alpha: f32,
    },
    /// The natural logarithm.
    Log,
    /// The other truth value.
    LogicalNot,
    /// `1 / (1 + e^-x)`.
    Logistic,
    /// The number with its sign changed.
    Neg,
    /// At least 0.
    Relu,
    /// From 0 to 1.
    Relu0To1,
    /// From 0 to 6.
    Relu6,
    /// From -1 to 1.
    ReluN1To1,
    /// The nearest integer, halves to the even one.
    Round,
    /// `1 / sqrt x`.
    Rsqrt,
    /// -1, 0 or 1.
    Sign,
    /// The sine.
    Sin,
    /// The square root.
    Sqrt,
    /// The number times itself.
    Square,
    /// The hyperbolic tangent.
    Tanh,
}

use Function as F;
use Named::{Other, Tflite as T};

/// A function with its operator, its element types and the C function of floats. Attributes have any
/// value here.
struct Row(F, Named, &'static [DType], &'static str);

/// The operator that a function is.
enum Named {
    /// One of TFLite's.
    Tflite(B),
    /// One that other formats have.
    Other(&'static str),
}

const ROWS: &[Row] = &[
    Row(F::Abs, T(B::Abs), &[I8, I16, F32, I32], "smidgen_abs_f32"),
    Row(F::Ceil, T(B::Ceil), &[F32], "smidgen_ceil_f32"),
    Row(F::Cos, T(B::Cos), &[F32], "smidgen_cos_f32"),
    Row(F::Elu, T(B::Elu), &[I8, F32], "smidgen_elu_f32"),
    Row(F::Erf, Other("ERF"), &[F32], "smidgen_erf_f32"),
    Row(F::Exp, T(B::Exp), &[I8, I16, F32], "smidgen_exp_f32"),
    Row(F::Floor, T(B::Floor), &[F32], "smidgen_floor_f32"),
    Row(F::Gelu { approximate: false }, T(B::Gelu), &[I8, I16, F32], "smidgen_gelu_f32"),
    Row(F::HardSwish, T(B::HardSwish), &[I8, F32], "smidgen_hard_swish_f32"),
    Row(F::LeakyRelu { alpha: 0.0 }, T(B::LeakyRelu), &[I8, I16, F32], "smidgen_leaky_relu_f32"),
    Row(F::Log, T(B::Log), &[I8, I16, F32], "smidgen_log_f32"),
    Row(F::LogicalNot, T(B::LogicalNot), &[Bool], ""),
    Row(F::Logistic, T(B::Logistic), &[I8, I16, F32], "smidgen_logistic_f32"),
    Row(F::Neg, T(B::Neg), &[I8, I16, F32, I32, I64], "smidgen_neg_f32"),
    Row(F::Relu, T(B::Relu), &[I8, I16, F32], "smidgen_clamp_array_f32"),
    Row(F::Relu0To1, T(B::Relu0To1), &[I8, F32], "smidgen_clamp_array_f32"),
    Row(F::Relu6, T(B::Relu6), &[I8, I16, F32], "smidgen_clamp_array_f32"),
    Row(F::ReluN1To1, T(B::ReluN1To1), &[I8, F32], "smidgen_clamp_array_f32"),
    Row(F::Round, T(B::Round), &[F32], "smidgen_round_f32"),
    Row(F::Rsqrt, T(B::Rsqrt), &[I8, I16, F32], "smidgen_rsqrt_f32"),
    Row(F::Sign, T(B::Sign), &[F32, I32], "smidgen_sign_f32"),
    Row(F::Sin, T(B::Sin), &[F32], "smidgen_sin_f32"),
    Row(F::Sqrt, T(B::Sqrt), &[I8, I16, F32], "smidgen_sqrt_f32"),
    Row(F::Square, T(B::Square), &[F32], "smidgen_square_f32"),
    Row(F::Tanh, T(B::Tanh), &[I8, I16, F32], "smidgen_tanh_f32"),
];

impl Function {
    /// The function of a TFLite operator; its attributes have any value.
    pub(super) fn of(builtin: B) -> Option<Self> {
        let is_it = |row: &&Row| matches!(row.1, T(operator) if operator == builtin);
        ROWS.iter().find(is_it).map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        let kind = std::mem::discriminant(&self);
        let row = ROWS.iter().find(|row| std::mem::discriminant(&row.0) == kind);
        row.expect("every function has a row")
    }

    /// The name, where TFLite has it in TFLite.
    pub fn name(self) -> &'static str {
        match self.row().1 {
            T(builtin) => operator_name(builtin),
            Other(name) => name,
        }
    }

    /// The operator in TFLite.
    pub(super) fn builtin(self) -> Option<B> {
        match self.row().1 {
            T(builtin) => Some(builtin),
            Other(_) => None,
        }
    }

    /// Element types.
    pub fn types(self) -> &'static [DType] {
        self.row().2
    }

    /// The C function of float arrays.
    pub(super) fn c_name(self) -> &'static str {
        match self {
            F::Gelu { approximate: true } => "smidgen_gelu_approximate_f32",
            _ => self.row().3,
        }
    }

    /// The clamp that a rectifier is.
    pub fn as_clamp(self) -> Option<Activation> {
        match self {
            F::Relu => Some(Activation::Relu),
            F::Relu6 => Some(Activation::Relu6),
            F::ReluN1To1 => Some(Activation::ReluN1To1),
            _ => None,
        }
    }

    /// Whether it only clamps.
    pub(super) fn is_rectifier(self) -> bool {
        matches!(self, F::Relu | F::Relu0To1 | F::Relu6 | F::ReluN1To1)
    }

    /// Bounds of a rectifier; unlike a fused activation, it lets infinity pass.
    pub(super) fn bounds(self) -> (f32, f32) {
        match self {
            F::Relu => (0.0, f32::INFINITY),
            F::Relu0To1 => (0.0, 1.0),
            F::Relu6 => (0.0, 6.0),
            F::ReluN1To1 => (-1.0, 1.0),
            _ => (f32::NEG_INFINITY, f32::INFINITY),
        }
    }

    /// Checks the attributes.
    pub(super) fn check(self) -> Result<(), OpError> {
        match self {
            F::LeakyRelu { alpha } if !alpha.is_finite() => Err(OpError::inconsistent(format!(
                "alpha is `{alpha}`, which is not a finite number"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether int16 without a scale is a number like any other.
    pub(super) fn takes_plain_int16(self) -> bool {
        matches!(self, F::Abs | F::Neg)
    }

    /// The value in single precision; every core computes the same bits. Operators that take no floats
    /// have none.
    pub(super) fn of_f32(self, x: f32) -> f32 {
        match self {
            F::Abs if x < 0.0 => -x,
            F::Ceil => x.ceil(),
            F::Cos => math::cos(x),
            F::Elu if x < 0.0 => math::expm1_of_negative(x),
            F::Erf => math::erf(x),
            F::Exp => math::exp(x),
            F::Floor => x.floor(),
            F::Gelu { approximate: false } => math::gelu(x),
            F::Gelu { approximate: true } => math::gelu_approximate(x),
            F::HardSwish => x * math::clamp(x + 3.0, 0.0, 6.0) / 6.0,
            F::LeakyRelu { alpha } if x <= 0.0 || x.is_nan() => x * alpha,
            F::Log => math::log(x),
            F::Logistic => math::logistic(x),
            F::Neg => -x,
            F::Relu | F::Relu0To1 | F::Relu6 | F::ReluN1To1 => {
                math::clamp(x, self.bounds().0, self.bounds().1)
            }
            F::Round => math::round(x),
            F::Rsqrt => 1.0 / x.sqrt(),
            F::Sign if x > 0.0 => 1.0,
            F::Sign if x < 0.0 => -1.0,
            F::Abs | F::Sign => x + 0.0,
            F::Sin => math::sin(x),
            F::Sqrt => x.sqrt(),
            F::Square => x * x,
            F::Tanh => math::tanh(x),
            F::Elu | F::LeakyRelu { .. } | F::LogicalNot => x,
        }
    }
}
