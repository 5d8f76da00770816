//! Softmax of int16, from two tables.

use super::{Softmax, check_output};
use crate::ops::common::{real, table};
use crate::ops::{OpError, Site};
use crate::tensor::{Multiplier, Rounding};

/// Most classes: the sum of their exponentials has 31 bits.
const MAX_CLASSES: usize = 65535;

pub(super) fn check(op: &Softmax, site: &Site) -> Result<(), OpError> {
    let (scale, _) = site.input_quant(0)?;
    check_output(site, (1.0 / 32768.0, 0))?;
    let Multiplier { mantissa, shift } = multiplier(op, scale);
    if mantissa <= 0 || shift > 14 {
        return Err(OpError::unsupported(format!(
            "beta `{}` times the input scale `{scale}` is not between 1e-13 and 2.5",
            op.beta
        )));
    }
    let classes = site.input(0).shape.last();
    if classes > MAX_CLASSES {
        return Err(OpError::unsupported(format!(
            "{classes} classes are more than the {MAX_CLASSES} whose int16 sum cannot overflow"
        )));
    }
    Ok(())
}

/// From steps of the input to those of the table of exponentials.
fn multiplier(op: &Softmax, scale: f32) -> Multiplier {
    let product = match op.rounding {
        Rounding::Tflm | Rounding::Onnx => f64::from(scale) * f64::from(op.beta),
        Rounding::Litert => f64::from(scale * op.beta),
    };
    if product.is_finite() {
        Multiplier::from_real(product / (10.0 / 65535.0))
    } else {
        Multiplier::from_real(0.0)
    }
}

/// What the computation needs.
pub(super) struct Int16 {
    /// From steps of the input to those of `exponentials`.
    pub multiplier: Multiplier,
    /// `e^x` for 513 numbers from -10 to 0, in units of 2^-15.
    pub exponentials: Vec<i16>,
    /// `1 / (1 + x)` for 513 numbers from 0 to 1, in units of 2^-15.
    pub reciprocals: Vec<i16>,
}

impl Int16 {
    /// For a checked site.
    pub(super) fn new(op: &Softmax, site: &Site) -> Self {
        let (scale, _) = site.input_quant(0).expect("the site's quantisation has been checked");
        let is_double = op.rounding == Rounding::Litert;
        let round = move |x: f64| if is_double { x } else { f64::from(x as f32) };
        let unit = 32768.0;
        let exp = |x| round(real::exp(x));
        let reciprocal = |x: f64| round(1.0 / round(1.0 + x));
        Self {
            multiplier: multiplier(op, scale),
            exponentials: table::sampled([-10.0, 0.0], unit, exp, round),
            reciprocals: table::sampled([0.0, 1.0], unit, reciprocal, round),
        }
    }

    /// One row.
    pub(super) fn row(&self, row: &[i16]) -> Vec<i16> {
        let max = row.iter().copied().max().map_or(0, i32::from);
        let exponential = |&x: &i16| {
            let steps = self.multiplier.apply_twice_rounded(i32::from(x) - max) + 32767;
            i32::from(table::look_up(&self.exponentials, saturate(steps)))
        };
        let exponentials: Vec<i32> = row.iter().map(exponential).collect();
        let sum: i32 = exponentials.iter().sum();
        // The sum is (1 + x) 2^(16 - zeros) with x in units of 2^-16.
        let zeros = sum.leading_zeros();
        let rounded = ((i64::from(sum) << (zeros - 1)) + (1 << 13)) >> 14;
        let x = saturate(rounded as i32 - (1 << 16) - (1 << 15));
        let reciprocal = i32::from(table::look_up(&self.reciprocals, x));
        let shift = 31 - zeros;
        let output = |e: i32| ((e * reciprocal + (1 << (shift - 1))) >> shift).clamp(0, 32767);
        exponentials.into_iter().map(|e| output(e) as i16).collect()
    }
}

fn saturate(x: i32) -> i16 {
    x.clamp(-32768, 32767) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int16, problem};

    fn check(scale: f32, beta: f32, classes: usize, output: f32, says: &str) {
        let op = Softmax { beta, rounding: Rounding::Tflm };
        let text = problem(op, &[int16(&[1, classes], scale)], &[int16(&[1], output).quant]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn what_overflows_is_refused() {
        check(3.0, 1.0, 4, 1.0 / 32768.0, "is not between");
        check(1.0, f32::NAN, 4, 1.0 / 32768.0, "is not between");
        check(1.0, -1.0, 4, 1.0 / 32768.0, "is not between");
        check(0.001, 1.0, 70_000, 1.0 / 32768.0, "cannot overflow");
        check(0.001, 1.0, 4, 0.001, "must have scale");
    }
}
