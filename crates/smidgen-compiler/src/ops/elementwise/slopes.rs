//! Functions of quantised numbers that are linear on either side of zero: magnitudes and rectifiers.

use super::{Elementwise, Function};
use crate::ops::common::linear::Ideal;
use crate::ops::{Arg, Site};
use crate::tensor::{Multiplier, Rounding};

/// `clamp(zero_point + x * slope)` of the number `x` that an integer stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slopes {
    /// Subtracted from the input.
    input_zero_point: i32,
    /// Factor from 0 upwards.
    above: Multiplier,
    /// Factor below 0, without its sign.
    below: Multiplier,
    /// Whether the factor below 0 is negative: the product changes its sign.
    falls: bool,
    /// Whether the magnitude is multiplied instead of the number.
    folds: bool,
    /// Added to the product.
    zero_point: i32,
    /// Least and greatest result.
    clamp: (i32, i32),
    /// The real function behind it, if it is linear.
    ideal: Option<Ideal>,
}

impl Slopes {
    /// The function at a checked site, if it is one of these. `range` is that of the element type.
    pub(super) fn new(op: &Elementwise, site: &Site, range: (i32, i32)) -> Option<Self> {
        let (from, to) = quants(site);
        let ratio = match op.rounding {
            Rounding::Litert => f64::from(from.0 / to.0),
            Rounding::Tflm | Rounding::Onnx => f64::from(from.0) / f64::from(to.0),
        };
        let (low, high) = op.function.bounds();
        let bound = |real: f32, otherwise: i32| {
            let steps = (real / to.0).round() as i32;
            if real.is_finite() {
                to.1.saturating_add(steps).clamp(range.0, range.1)
            } else {
                otherwise
            }
        };
        let below = match op.function {
            Function::LeakyRelu { alpha } => match op.rounding {
                Rounding::Litert => f64::from(from.0 * alpha / to.0),
                Rounding::Tflm | Rounding::Onnx => {
                    f64::from(from.0) * f64::from(alpha) / f64::from(to.0)
                }
            },
            Function::Abs => ratio,
            function if function.is_rectifier() => ratio,
            _ => return None,
        };
        let folds = op.function == Function::Abs;
        let clamp = (bound(low, range.0), bound(high, range.1));
        let constant = -ratio * f64::from(from.1);
        let ideal = Ideal { factors: [ratio, 0.0], constant, zero_point: to.1, clamp };
        Some(Self {
            input_zero_point: from.1,
            above: Multiplier::from_real(ratio),
            below: Multiplier::from_real(below.abs()),
            falls: below < 0.0,
            folds,
            zero_point: to.1,
            clamp,
            ideal: op.function.is_rectifier().then_some(ideal),
        })
    }

    /// The result for an integer.
    pub(super) fn apply(&self, x: i32) -> i32 {
        let x = x - self.input_zero_point;
        let product = match x {
            0.. => self.above.apply_twice_rounded(x),
            _ if self.folds => self.below.apply_twice_rounded(-x),
            _ if self.falls => self.below.apply_twice_rounded(x).wrapping_neg(),
            _ => self.below.apply_twice_rounded(x),
        };
        product.wrapping_add(self.zero_point).clamp(self.clamp.0, self.clamp.1)
    }

    /// The real function behind it, if it is linear.
    pub(super) fn ideal(&self) -> Option<&Ideal> {
        self.ideal.as_ref()
    }

    /// The arguments of `smidgen_slopes_s16`.
    pub(super) fn args(&self) -> [(&'static str, Arg); 8] {
        [
            ("above", Arg::Int(self.above.mantissa)),
            ("above_shift", Arg::Int(self.above.shift)),
            ("below", Arg::Int(self.below.mantissa)),
            ("below_shift", Arg::Int(self.below.shift)),
            ("falls", Arg::Int(self.falls.into())),
            ("folds", Arg::Int(self.folds.into())),
            ("low", Arg::Int(self.clamp.0)),
            ("high", Arg::Int(self.clamp.1)),
        ]
    }
}

/// Scales and zero points of input and output at a checked site.
pub(super) fn quants(site: &Site) -> ((f32, i32), (f32, i32)) {
    let checked = "the site's quantisation has been checked";
    (site.input_quant(0).expect(checked), site.output_quant(0).expect(checked))
}
