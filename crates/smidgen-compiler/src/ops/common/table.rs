//! Int8 functions that an 8-bit table holds: the non-linear activations.

use super::{COMMON, FLOAT_MATH, unary};
use crate::ops::{Lowering, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Rounding, round_shift};

/// A function of one real number, with everything that its int8 and float forms need.
pub(crate) struct Activation {
    /// The function of floats, as the C function computes it.
    pub float: fn(f32) -> f32,
    /// The function of floats with an exponential that is rounded correctly, for tables.
    pub precise: fn(f32) -> f32,
    /// The function from `Q4` to `Q0`.
    pub fixed: fn(i32) -> i32,
    /// Fraction bits and zero point of the int8 output.
    pub output: (i32, i32),
    /// The C function of float arrays.
    pub function: &'static str,
}

/// Holds the C functions of float arrays.
const ACTIVATIONS_F32: Source =
    Source { file: "smidgen_activations_f32.h", text: include_str!("smidgen_activations_f32.h") };

/// Integer bits of the argument of the fixed-point functions.
const INTEGER_BITS: i32 = 4;
/// 1 with this many integer bits.
const ONE_IN_Q4: f64 = (1u64 << (31 - INTEGER_BITS)) as f64;

impl Activation {
    /// Checks element types and quantisation.
    pub(crate) fn check(&self, site: &Site, exact_output: bool) -> Result<(), OpError> {
        if site.same_dtype(&[DType::I8, DType::F32])? == DType::F32 {
            return Ok(());
        }
        site.input_quant(0)?;
        let found = site.output_quant(0)?;
        let expected = (1.0 / (1 << self.output.0) as f32, self.output.1);
        if exact_output && found != expected {
            return Err(OpError::inconsistent(format!(
                "the output must have scale `{}` and zero point `{}`, not `{}` and `{}`",
                expected.0, expected.1, found.0, found.1
            )));
        }
        Ok(())
    }

    /// The reference.
    pub(crate) fn eval(&self, site: &Site, inputs: &[&Data], rounding: Rounding) -> Vec<Data> {
        if site.input(0).dtype == DType::F32 {
            return unary::eval_f32(inputs[0], self.float);
        }
        let table = self.table(site, rounding);
        unary::eval_s8(inputs[0], |x| table[usize::from(x as u8)])
    }

    /// Code for int8.
    pub(crate) fn lower_s8(&self, site: &Site, rounding: Rounding) -> Lowering {
        let table = self.table(site, rounding);
        unary::lower_s8(site, 0, None, |x| table[usize::from(x as u8)])
    }

    /// Code for floats.
    pub(crate) fn lower_f32(&self, site: &Site) -> Lowering {
        unary::lower(site, 0, vec![COMMON, FLOAT_MATH, ACTIVATIONS_F32], self.function, &[])
    }

    /// Results for all int8 numbers: TFLite Micro computes in fixed point, LiteRT in float.
    fn table(&self, site: &Site, rounding: Rounding) -> [i8; 256] {
        let checked = "the site's quantisation has been checked";
        let input = site.input_quant(0).expect(checked);
        let output = site.output_quant(0).expect(checked);
        std::array::from_fn(|x| match rounding {
            Rounding::Tflm => self.fixed_entry(x as u8 as i8, input),
            Rounding::Litert => self.float_entry(x as u8 as i8, input, output),
        })
    }

    fn fixed_entry(&self, x: i8, (scale, zero_point): (f32, i32)) -> i8 {
        let x = i32::from(x) - zero_point;
        let multiplier = Multiplier::from_real(f64::from(scale) * ONE_IN_Q4);
        // Arguments beyond 15 would overflow; the functions have reached their limits there. From
        // scale 8, no number but 0 is smaller.
        let largest = f64::from((1 << INTEGER_BITS) - 1) * ONE_IN_Q4;
        let radius =
            if scale < 8.0 { (largest / 2f64.powi(multiplier.shift)).floor() } else { 0.0 };
        if f64::from(x) <= -radius {
            return i8::MIN;
        }
        if f64::from(x) >= radius {
            return i8::MAX;
        }
        let y = (self.fixed)(multiplier.apply_twice_rounded(x));
        let y = round_shift(y, 31 - self.output.0) + self.output.1;
        y.clamp(-128, 127) as i8
    }

    fn float_entry(&self, x: i8, input: (f32, i32), output: (f32, i32)) -> i8 {
        let real = input.0 * (i32::from(x) - input.1) as f32;
        let y = ((self.precise)(real) * (1.0 / output.0)).round();
        ((y + output.1 as f32) as i32).clamp(-128, 127) as i8
    }
}

/// `e^x` in double precision, the same bits on every machine; within 1e-15 of the exact value
/// relative to it. `x` must be finite.
pub(crate) fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let n = (x.min(700.0) * std::f64::consts::LOG2_E).round();
    // ln 2 in two parts, of which n times the first is exact.
    let r = x.min(700.0) - n * 0.693_147_180_369_123_8 - n * 1.908_214_929_270_587_7e-10;
    let series = (1..=13).rev().fold(1.0, |sum, k| 1.0 + sum * r / f64::from(k));
    series * f64::from_bits(((n as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    #[test]
    fn exponential_is_precise() {
        for i in -60_000..60_000 {
            let x = f64::from(i) * 0.01;
            let error = super::exp(x) / x.exp() - 1.0;
            assert!(error.abs() < 1e-15, "{x}: {error}");
        }
        assert!(super::exp(-1e9) < 1e-300 && super::exp(1e9) > 1e300);
    }
}
