//! `DIV`: the quotient of two tensors with broadcasting.
//!
//! Inputs: two tensors of int8, int16, int32 or float32 whose shapes agree where neither is 1. Output:
//! their broadcast shape. int32 is truncated and wraps; a division of integers by 0 gives 0.

pub(super) mod cases;
mod export;
mod import;

use super::common::arithmetic::Arithmetic;
use super::common::binary::{self, Functions, Scheme, functions};
use super::common::{BROADCAST, COMMON, FIXED_MATH, REQUANTISE, fixed_math};
use super::{Activation, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{
    DType, Data, Multiplier, Rounding, Shape, TensorType, doubling_high_multiply, round_shift,
};

/// Attributes of a quotient.
#[derive(Debug, Clone, PartialEq)]
pub struct Div {
    /// Clamp of the output.
    pub activation: Activation,
    /// TFLite Micro divides the scales in double precision, LiteRT in single.
    pub rounding: Rounding,
}

const DIV: Source = Source { file: "smidgen_div.h", text: include_str!("div.h") };

/// Sources of all kernels.
const SOURCES: &[Source] = &[COMMON, BROADCAST, FIXED_MATH, REQUANTISE, DIV];

const PLAIN: Arithmetic = Arithmetic {
    integer: |a, b| if b == 0 { 0 } else { a.wrapping_div(b) },
    float: |a, b| a / b,
    functions: ["smidgen_div_s32", "", "smidgen_div_f32"],
    sources: SOURCES,
};

impl OpDef for Div {
    const NAME: &'static str = "DIV";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "div_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower,
        },
        Kernel {
            name: "div_s16",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I16,
            lower,
        },
        Kernel {
            name: "div",
            needs: &[],
            accepts: |_, _| true,
            lower: |op, site| PLAIN.lower(site, op.activation),
        },
    ];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        Quotient::check(self, site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let quantised = Quotient::eval(self, site, inputs);
        quantised.unwrap_or_else(|| PLAIN.eval(site, inputs, self.activation))
    }
}

/// TFLite's scheme: the reciprocal of the divisor by Newton's iteration, times the dividend, times the
/// quotient of the scales.
#[derive(Debug, Clone, PartialEq)]
struct Quotient {
    zero_points: [i32; 2],
    multiplier: Multiplier,
    output_zero_point: i32,
    clamp: (i32, i32),
}

impl Scheme<Div> for Quotient {
    fn new(op: &Div, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let real = match op.rounding {
            Rounding::Tflm | Rounding::Onnx => {
                f64::from(scale_a) / (f64::from(scale_b) * f64::from(output_scale))
            }
            Rounding::Litert => f64::from(scale_a / (scale_b * output_scale)),
        };
        if !real.is_finite() {
            return Err(OpError::unsupported(format!(
                "the scales `{scale_b}` of the divisor and `{output_scale}` of the output are too \
                 small"
            )));
        }
        let dtype = site.output(0).dtype;
        Ok(Self {
            zero_points: [zero_a, zero_b],
            multiplier: Multiplier::from_real(real),
            output_zero_point,
            clamp: op.activation.clamp_integer(dtype, output_scale, output_zero_point),
        })
    }

    fn apply(&self, a: i32, b: i32) -> i32 {
        let quotient = self.quotient(a - self.zero_points[0], b - self.zero_points[1]);
        quotient.wrapping_add(self.output_zero_point).clamp(self.clamp.0, self.clamp.1)
    }
}

impl Quotient {
    /// Before the zero point is added; 0 where the divisor is 0. Where the right shift is of more than
    /// 31 bits or the left shift overflows, TFLite's result is not defined.
    fn quotient(&self, a: i32, b: i32) -> i32 {
        if a == 0 || b == 0 {
            return 0;
        }
        let (dividend, divisor) = (a * b.signum(), b.unsigned_abs());
        let normalised = divisor << divisor.leading_zeros();
        let inverse = fixed_math::one_over_one_plus((normalised - (1 << 31)) as i32);
        let sign_bits = if dividend < 0 { !dividend } else { dividend }.leading_zeros() - 1;
        let product = doubling_high_multiply(dividend << sign_bits, inverse);
        let product = doubling_high_multiply(product, self.multiplier.mantissa);
        let left = self.multiplier.shift + divisor.leading_zeros() as i32 - 31 - sign_bits as i32;
        match left {
            1.. if product == 0 => 0,
            1.. if product > 0 => i32::MAX,
            1.. => i32::MIN,
            -31..=0 => round_shift(product, -left),
            _ => 0,
        }
    }
}

/// Code for quantised numbers.
fn lower(op: &Div, site: &Site) -> Lowering {
    let quotient = Quotient::checked(op, site);
    let parameters = [
        ("zero_a", quotient.zero_points[0]),
        ("zero_b", quotient.zero_points[1]),
        ("multiplier", quotient.multiplier.mantissa),
        ("shift", quotient.multiplier.shift),
        ("zero_point", quotient.output_zero_point),
        ("low", quotient.clamp.0),
        ("high", quotient.clamp.1),
    ];
    quotient.lower(site, SOURCES.to_vec(), &functions!("div"), &parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quotients of integers, with an output of the given scale.
    fn check(output_scale: f64, a: i32, b: i32) {
        let quotient = Quotient {
            zero_points: [0, 0],
            multiplier: Multiplier::from_real(1.0 / output_scale),
            output_zero_point: 0,
            clamp: (-32768, 32767),
        };
        let exact = (f64::from(a) / f64::from(b) / output_scale).clamp(-32768.0, 32767.0);
        let found = f64::from(quotient.apply(a, b));
        assert!((found - exact).abs() <= 0.500_01, "{a} / {b}: {found} is not {exact}");
    }

    #[test]
    fn quotients_are_close() {
        for output_scale in [1e-6, 0.003, 0.25, 1.0, 7.0, 1e6] {
            for a in [-32768, -255, -3, -1, 0, 1, 2, 100, 32767] {
                for b in [-32768, -255, -2, -1, 1, 3, 77, 255, 32767] {
                    check(output_scale, a, b);
                }
            }
        }
    }
}
