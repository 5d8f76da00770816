//! Functions of int8: each is computed for all 256 numbers while a model is compiled.

use super::slopes::{Slopes, quants};
use super::{Elementwise, Function};
use crate::ops::common::linear::Ideal;
use crate::ops::common::{fixed_math, real, table};
use crate::ops::{OpError, Site};
use crate::tensor::{Multiplier, Rounding, round_shift};

/// Scale and zero point.
type Affine = (f32, i32);

/// The function at a checked site, and the real function behind it where that is linear.
pub(super) fn function(
    op: &Elementwise,
    site: &Site,
) -> (impl Fn(i8) -> i8 + use<>, Option<Ideal>) {
    let slopes = Slopes::new(op, site, (-128, 127));
    let ideal = slopes.as_ref().and_then(|slopes| slopes.ideal().copied());
    let table = match slopes {
        _ if op.rounding == Rounding::Onnx => nearest(op.function, site),
        Some(slopes) => each(|x| slopes.apply(x)),
        None => entries(op, site),
    };
    (move |x: i8| table[usize::from(x as u8)], ideal)
}

/// Results for all int8 numbers, those of 0 to 127 first.
fn entries(op: &Elementwise, site: &Site) -> [i8; 256] {
    let (input, output) = quants(site);
    match (op.function, op.rounding) {
        (Function::Logistic, Rounding::Tflm) => {
            each(|x| fixed(input, x, fixed_math::logistic, 8, -128))
        }
        (Function::Tanh, Rounding::Tflm) => each(|x| fixed(input, x, fixed_math::tanh, 7, 0)),
        (Function::Neg, _) => each(|x| i32::from((x as i8).wrapping_neg())),
        (Function::HardSwish, _) => {
            let swish = HardSwish::new(input, output);
            each(|x| swish.apply(x))
        }
        (Function::Rsqrt, rounding) => {
            let root = InverseRoot::new(rounding, input, output);
            each(|x| root.apply(x, 127))
        }
        (Function::Sqrt, _) => each(|x| square_root(input, output, x, 127)),
        (function, _) => table::int8(input, output, precise(function, output, -128)),
    }
}

/// The numbers nearest to the function in single precision, as onnxruntime's tables.
fn nearest(function: Function, site: &Site) -> [i8; 256] {
    let (input, output) = quants(site);
    table::nearest(input, output, |x| match function {
        Function::Elu
        | Function::Exp
        | Function::Gelu { .. }
        | Function::Log
        | Function::Logistic
        | Function::Rsqrt
        | Function::Tanh => precise(function, output, -128)(x),
        _ => function.of_f32(x),
    })
}

/// Results of `f` for all int8 numbers, cut to int8.
fn each(f: impl Fn(i32) -> i32) -> [i8; 256] {
    std::array::from_fn(|x| f(i32::from(x as u8 as i8)).clamp(-128, 127) as i8)
}

/// The function in single precision, with exponentials and the like rounded correctly, as tables are
/// made of it. `lowest` is the least number of the element type.
pub(super) fn precise(function: Function, output: Affine, lowest: i32) -> impl Fn(f32) -> f32 {
    let exp = |x: f32| real::exp(x.into()) as f32;
    let least = (lowest - output.1) as f32 * output.0;
    let greatest = 32767.0 * output.0;
    move |x| match function {
        Function::Elu if x < 0.0 => exp(x) - 1.0,
        Function::Exp => exp(x),
        Function::Gelu { approximate: false } => {
            let argument = x * -std::f32::consts::FRAC_1_SQRT_2;
            0.5 * x * real::erfc(argument.into()) as f32
        }
        Function::Gelu { approximate: true } => {
            let argument = 0.797_884_6 * (x + 0.044_715 * x * x * x);
            0.5 * x * (1.0 + real::tanh(argument.into()) as f32)
        }
        Function::Log if x <= 0.0 => least,
        Function::Log => real::log(x.into()) as f32,
        Function::Logistic => 1.0 / (1.0 + exp(-x)),
        Function::Rsqrt if x <= 0.0 => greatest,
        Function::Rsqrt => 1.0 / x.sqrt(),
        Function::Tanh => real::tanh(x.into()) as f32,
        _ => x,
    }
}

/// Integer bits of the argument of the fixed-point functions.
const INTEGER_BITS: i32 = 4;
/// 1 with this many integer bits.
const ONE_IN_Q4: f64 = (1u64 << (31 - INTEGER_BITS)) as f64;

/// A function from `Q4` to `Q0`, whose result has `fraction_bits`.
fn fixed(
    (scale, zero_point): Affine,
    x: i32,
    f: fn(i32) -> i32,
    fraction_bits: i32,
    output_zero_point: i32,
) -> i32 {
    let x = x - zero_point;
    let multiplier = Multiplier::from_real(f64::from(scale) * ONE_IN_Q4);
    // Arguments beyond 15 would overflow; the functions have reached their limits there. From scale 8,
    // no number but 0 is smaller.
    let largest = f64::from((1 << INTEGER_BITS) - 1) * ONE_IN_Q4;
    let radius = if scale < 8.0 { (largest / 2f64.powi(multiplier.shift)).floor() } else { 0.0 };
    if f64::from(x) <= -radius {
        return i32::MIN;
    }
    if f64::from(x) >= radius {
        return i32::MAX;
    }
    round_shift(f(multiplier.apply_twice_rounded(x)), 31 - fraction_bits) + output_zero_point
}

/// The square root, cut towards zero; 0 for negative numbers, which TFLite refuses.
pub(super) fn square_root(input: Affine, output: Affine, x: i32, highest: i32) -> i32 {
    let real = input.0 * (x - input.1) as f32;
    let root = if real > 0.0 { real.sqrt() } else { 0.0 };
    // No larger quotient fits any element type.
    let steps = (root / output.0).min(65536.0) as i32;
    (steps + output.1).min(highest)
}

/// The reciprocal of the square root in fixed point.
pub(super) struct InverseRoot {
    input_zero_point: i32,
    /// The factor of reciprocals of roots of integers, in units of 2^-20.
    pub multiplier: Multiplier,
    zero_point: i32,
}

impl InverseRoot {
    /// Fraction bits that intermediate results have.
    const FRACTION_BITS: i32 = 20;

    pub(super) fn new(rounding: Rounding, input: Affine, output: Affine) -> Self {
        let real = match rounding {
            Rounding::Tflm | Rounding::Onnx => {
                1.0 / (f64::from(input.0).sqrt() * f64::from(output.0))
            }
            Rounding::Litert => 1.0 / f64::from(input.0.sqrt() * output.0),
        };
        let Multiplier { mantissa, shift } = Multiplier::from_real(real);
        let multiplier = Multiplier { mantissa, shift: shift - Self::FRACTION_BITS };
        Self { input_zero_point: input.1, multiplier, zero_point: output.1 }
    }

    pub(super) fn check(&self) -> Result<(), OpError> {
        if (-31..=10).contains(&self.multiplier.shift) {
            return Ok(());
        }
        Err(OpError::unsupported("the scales are too far apart for TFLite's fixed-point root"))
    }

    /// The result; the highest number for 0, and for negative numbers, which TFLite refuses.
    pub(super) fn apply(&self, x: i32, highest: i32) -> i32 {
        let x = x - self.input_zero_point;
        if x <= 0 {
            return highest;
        }
        let root = fixed_math::inverse_root(x);
        let scaled = Multiplier { shift: root.shift + Self::FRACTION_BITS, ..root };
        let y = self.multiplier.apply_twice_rounded(scaled.apply_twice_rounded(1));
        y.wrapping_add(self.zero_point).min(highest)
    }
}

/// Hard swish with intermediate results of 16 bits.
pub(super) struct HardSwish {
    input_zero_point: i32,
    zero_point: i32,
    /// To the output's scale, from the input's divided by 128.
    output: Multiplier,
    /// To units of 3 / 2^15.
    relu: Multiplier,
}

impl HardSwish {
    pub(super) fn new(input: Affine, output: Affine) -> Self {
        let fine = input.0 / 128.0;
        Self {
            input_zero_point: input.1,
            zero_point: output.1,
            output: Multiplier::from_real(f64::from(fine / output.0)),
            relu: Multiplier::from_real(f64::from(fine / (3.0 / 32768.0))),
        }
    }

    pub(super) fn check(&self) -> Result<(), OpError> {
        if self.output.shift <= 0 {
            return Ok(());
        }
        Err(OpError::unsupported("the output's scale is below 1/128 of the input's")
            .hint("calibrate the model anew: its output cannot have so small a range"))
    }

    fn apply(&self, x: i32) -> i32 {
        let fine = narrow((x - self.input_zero_point) * 128);
        let scaled = rounded_high_16(fine, high_half(self.output.mantissa));
        let mut relu = fine;
        if self.relu.shift > 0 {
            relu = saturating_shift_16(relu, self.relu.shift - 1);
        }
        relu = rounded_high_16(relu, high_half(self.relu.mantissa));
        if self.relu.shift > 0 {
            relu = saturating_shift_16(relu, 1);
        } else {
            relu = round_shift(relu, -self.relu.shift);
        }
        // From [-1, 1] to [0, 1].
        let relu = (relu + (1 << 15)) >> 1;
        // Cut towards zero, so that the errors of the roundings above cancel.
        let product = relu * scaled / (1 << 15);
        narrow(round_shift(product, -self.output.shift)) + self.zero_point
    }
}

/// As a conversion to 16 bits.
fn narrow(x: i32) -> i32 {
    i32::from(x as i16)
}

/// A mantissa of 31 bits as one of 15.
fn high_half(mantissa: i32) -> i32 {
    if mantissa >= i32::MAX - (1 << 15) { 32767 } else { (mantissa + (1 << 15)) >> 16 }
}

/// `floor((a * b + 2^14) / 2^15)` of numbers of 16 bits.
fn rounded_high_16(a: i32, b: i32) -> i32 {
    (a * b + (1 << 14)) >> 15
}

fn saturating_shift_16(x: i32, exponent: i32) -> i32 {
    (i64::from(x) << exponent.min(31)).clamp(-32768, 32767) as i32
}
