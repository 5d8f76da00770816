//! Functions of one number.

use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::compare::Relation;
use crate::ops::elementwise::Function as F;
use crate::ops::pairwise::Function as P;
use crate::ops::prelu::Prelu;
use crate::tensor::{DType, Data, Quant};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("Abs", |b| function(b, F::Abs)),
    row("Acos", |b| angle(b, |b, x, other| b.pairwise(P::Atan2, other, x))),
    row("Acosh", acosh),
    row("Asin", |b| angle(b, |b, x, other| b.pairwise(P::Atan2, x, other))),
    row("Asinh", asinh),
    row("Atan", atan),
    row("Atanh", atanh),
    row("Ceil", |b| function(b, F::Ceil)),
    row("Celu", celu),
    row("Clip", clip),
    row("Cos", |b| function(b, F::Cos)),
    row("Cosh", |b| hyperbolic(b, |b, x, y| b.add(x, y))),
    row("Elu", elu),
    row("Erf", |b| function(b, F::Erf)),
    row("Exp", |b| function(b, F::Exp)),
    row("Floor", |b| function(b, F::Floor)),
    row("Gelu", gelu),
    row("HardSigmoid", hard_sigmoid),
    row("HardSwish", |b| function(b, F::HardSwish)),
    row("LeakyRelu", leaky_relu),
    row("Log", |b| function(b, F::Log)),
    row("Mish", mish),
    row("Neg", |b| function(b, F::Neg)),
    row("Not", |b| function(b, F::LogicalNot)),
    row("PRelu", prelu),
    row("Reciprocal", |b| b.input(0).and_then(|x| b.reciprocal(x)).map(only)),
    row("Relu", relu),
    row("Round", |b| function(b, F::Round)),
    row("Selu", selu),
    row("Shrink", shrink),
    row("Sigmoid", |b| function(b, F::Logistic)),
    row("Sign", |b| function(b, F::Sign)),
    row("Sin", |b| function(b, F::Sin)),
    row("Sinh", |b| hyperbolic(b, |b, x, y| b.subtract(x, y))),
    row("Softplus", |b| b.input(0).and_then(|x| softplus(b, x)).map(only)),
    row("Softsign", softsign),
    row("Sqrt", |b| function(b, F::Sqrt)),
    row("SwiGLU", swish_gated),
    row("Swish", |b| b.input(0).and_then(|x| swish(b, x)).map(only)),
    row("Tan", tan),
    row("Tanh", |b| function(b, F::Tanh)),
    row("ThresholdedRelu", thresholded_relu),
];

/// GELU of a node's first input: as it is defined, and with the approximation.
pub const GELU: [Row; 2] = [
    row("Gelu", |b| function(b, F::Gelu { approximate: false })),
    row("Gelu", |b| function(b, F::Gelu { approximate: true })),
];

/// The only output of a node.
pub(super) fn only(term: Term) -> Vec<Term> {
    vec![term]
}

/// A function that smidgen has; of small integers it is that of int32.
fn function(b: &mut Build, function: F) -> Outputs {
    let x = b.input(0)?;
    let dtype = b.dtype(x);
    if !b.is_small(x) {
        return b.function(function, x).map(only);
    }
    let wide = b.cast(x, DType::I32)?;
    let y = b.function(function, wide)?;
    b.cast(y, dtype).map(only)
}

/// `x`, and `scale (e^(x / width) - 1)` where that is negative.
fn exponential(b: &mut Build, x: Term, scale: f32, width: f32) -> Result<Term, OpError> {
    let low = b.negative_part(x)?;
    let low = b.affine(low, 1.0 / width, 0.0)?;
    let low = b.function(F::Elu, low)?;
    let low = b.affine(low, scale, 0.0)?;
    let high = b.rectify(x)?;
    b.add(high, low)
}

fn elu(b: &mut Build) -> Outputs {
    let (x, alpha) = (b.input(0)?, b.layer.float("alpha", 1.0)?);
    if alpha.to_bits() == 1f32.to_bits() {
        return b.function(F::Elu, x).map(only);
    }
    exponential(b, x, alpha, 1.0).map(only)
}

fn celu(b: &mut Build) -> Outputs {
    let (x, alpha) = (b.input(0)?, b.layer.float("alpha", 1.0)?);
    exponential(b, x, alpha, alpha).map(only)
}

fn selu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let alpha = b.layer.float("alpha", 1.673_263_2)?;
    let gamma = b.layer.float("gamma", 1.050_701)?;
    let y = exponential(b, x, alpha, 1.0)?;
    b.affine(y, gamma, 0.0).map(only)
}

fn gelu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let known = [("none", false), ("tanh", true)];
    let approximate = b.layer.choice("approximate", "none", &known)?;
    b.function(F::Gelu { approximate }, x).map(only)
}

fn hard_sigmoid(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (alpha, beta) = (b.layer.float("alpha", 0.2)?, b.layer.float("beta", 0.5)?);
    let y = b.affine(x, alpha, beta)?;
    b.function(F::Relu0To1, y).map(only)
}

fn leaky_relu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let alpha = b.layer.float("alpha", 0.01)?;
    b.function(F::LeakyRelu { alpha }, x).map(only)
}

fn prelu(b: &mut Build) -> Outputs {
    let (x, slope) = (b.input(0)?, b.input(1)?);
    b.apply(Prelu { rounding: b.layer.rounding }, &[x, slope]).map(only)
}

fn relu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    match b.ty(x) {
        ty if ty.dtype == DType::F32 || ty.quant != Quant::None => b.rectify(x).map(only),
        _ => {
            let zero = b.number(0, x)?;
            b.greatest(x, zero).map(only)
        }
    }
}

/// Bounds are inputs since version 11, attributes before.
fn clip(b: &mut Build) -> Outputs {
    let mut x = b.input(0)?;
    let mut bounds = [b.optional(1), b.optional(2)];
    if b.layer.opset() < 11 {
        let (low, high) = (b.layer.float("min", f32::MIN)?, b.layer.float("max", f32::MAX)?);
        bounds = [Some(b.float(low)), Some(b.float(high))];
    }
    if let Some(clamp) = fused(b, bounds) {
        return b.function(clamp, x).map(only);
    }
    let [low, high] = bounds;
    if let Some(low) = low {
        x = b.greatest(x, low)?;
    }
    if let Some(high) = high {
        x = b.least(x, high)?;
    }
    Ok(only(x))
}

/// The activation that float bounds are, if it is one of those that can be fused.
fn fused(b: &Build, bounds: [Option<Term>; 2]) -> Option<F> {
    let bound = |term: Option<Term>| match b.constant(term?)? {
        Data::F32(bound) if bound.len() == 1 => Some(bound[0]),
        _ => None,
    };
    let [low, high] = bounds.map(bound);
    [(F::Relu6, 0.0, 6.0), (F::ReluN1To1, -1.0, 1.0), (F::Relu0To1, 0.0, 1.0)]
        .into_iter()
        .find(|&(_, least, most)| low == Some(least) && high == Some(most))
        .map(|(function, ..)| function)
}

/// `log(1 + e^x)`, which for large numbers does not overflow.
fn softplus(b: &mut Build, x: Term) -> Result<Term, OpError> {
    let size = b.function(F::Abs, x)?;
    let small = b.function(F::Neg, size)?;
    let small = b.function(F::Exp, small)?;
    let small = b.affine(small, 1.0, 1.0)?;
    let small = b.function(F::Log, small)?;
    let large = b.rectify(x)?;
    b.add(large, small)
}

fn softsign(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let size = b.function(F::Abs, x)?;
    let size = b.affine(size, 1.0, 1.0)?;
    b.divide(x, size).map(only)
}

fn mish(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let y = softplus(b, x)?;
    let y = b.function(F::Tanh, y)?;
    b.multiply(x, y).map(only)
}

/// `x / (1 + e^(-alpha x))`.
fn swish(b: &mut Build, x: Term) -> Result<Term, OpError> {
    let alpha = b.layer.float("alpha", 1.0)?;
    let y = b.affine(x, alpha, 0.0)?;
    let y = b.function(F::Logistic, y)?;
    b.multiply(x, y)
}

fn swish_gated(b: &mut Build) -> Outputs {
    let (x, gate) = (b.input(0)?, b.input(1)?);
    let y = swish(b, x)?;
    b.multiply(y, gate).map(only)
}

fn thresholded_relu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let alpha = b.layer.float("alpha", 1.0)?;
    let (alpha, zero) = (b.float(alpha), b.float(0.0));
    let passes = b.compare(Relation::Greater, x, alpha)?;
    b.choose(passes, x, zero).map(only)
}

fn shrink(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (lambda, bias) = (b.layer.float("lambd", 0.5)?, b.layer.float("bias", 0.0)?);
    let dtype = b.dtype(x);
    let x = b.cast(x, DType::F32)?;
    let (zero, low, high) = (b.float(0.0), b.float(-lambda), b.float(lambda));
    let (above, below) = (b.affine(x, 1.0, -bias)?, b.affine(x, 1.0, bias)?);
    let is_low = b.compare(Relation::Less, x, low)?;
    let is_high = b.compare(Relation::Greater, x, high)?;
    let y = b.choose(is_low, below, zero)?;
    let y = b.choose(is_high, above, y)?;
    b.cast(y, dtype).map(only)
}

fn tan(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (sine, cosine) = (b.function(F::Sin, x)?, b.function(F::Cos, x)?);
    b.divide(sine, cosine).map(only)
}

fn atan(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let one = b.float(1.0);
    b.pairwise(P::Atan2, x, one).map(only)
}

/// An angle of a right triangle with hypotenuse 1, of which one leg is `x`; `of` gets the other one,
/// `sqrt((1 - x) (1 + x))`.
fn angle(b: &mut Build, of: fn(&mut Build<'_>, Term, Term) -> Result<Term, OpError>) -> Outputs {
    let x = b.input(0)?;
    let (more, less) = (b.affine(x, 1.0, 1.0)?, b.affine(x, -1.0, 1.0)?);
    let square = b.multiply(more, less)?;
    let other = b.function(F::Sqrt, square)?;
    of(b, x, other).map(only)
}

/// `(e^x ± e^-x) / 2`.
fn hyperbolic(
    b: &mut Build,
    join: fn(&mut Build<'_>, Term, Term) -> Result<Term, OpError>,
) -> Outputs {
    let x = b.input(0)?;
    let minus = b.function(F::Neg, x)?;
    let (up, down) = (b.function(F::Exp, x)?, b.function(F::Exp, minus)?);
    let y = join(b, up, down)?;
    b.affine(y, 0.5, 0.0).map(only)
}

/// `sign(x) log(|x| + sqrt(x^2 + 1))`.
fn asinh(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (size, sign) = (b.function(F::Abs, x)?, b.function(F::Sign, x)?);
    let root = b.function(F::Square, x)?;
    let root = b.affine(root, 1.0, 1.0)?;
    let root = b.function(F::Sqrt, root)?;
    let sum = b.add(size, root)?;
    let y = b.function(F::Log, sum)?;
    b.multiply(sign, y).map(only)
}

/// `log(x + sqrt((x - 1) (x + 1)))`.
fn acosh(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (less, more) = (b.affine(x, 1.0, -1.0)?, b.affine(x, 1.0, 1.0)?);
    let root = b.multiply(less, more)?;
    let root = b.function(F::Sqrt, root)?;
    let sum = b.add(x, root)?;
    b.function(F::Log, sum).map(only)
}

/// `log((1 + x) / (1 - x)) / 2`.
fn atanh(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (more, less) = (b.affine(x, 1.0, 1.0)?, b.affine(x, -1.0, 1.0)?);
    let ratio = b.divide(more, less)?;
    let y = b.function(F::Log, ratio)?;
    b.affine(y, 0.5, 0.0).map(only)
}
