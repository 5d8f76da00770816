//! Reference of `SOFTMAX`.

use super::Softmax;
use super::int16::Int16;
use super::single::Single;
use crate::ops::Site;
use crate::ops::common::{fixed_math, float_math};
use crate::tensor::{DType, Data, Multiplier, Rounding, doubling_high_multiply, round_shift};

/// Integer bits of the exponents.
const EXPONENT_BITS: u32 = 5;
/// Integer bits of the sum of exponentials.
const SUM_BITS: i32 = 12;

pub(super) fn eval(op: &Softmax, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let classes = site.input(0).shape.last();
    if site.input(0).dtype == DType::F32 {
        let rows = inputs[0].get::<f32>().chunks(classes);
        return vec![Data::F32(rows.flat_map(|row| float_row(op.beta, row)).collect())];
    }
    if let Data::I16(x) = inputs[0] {
        let int16 = Int16::new(op, site);
        return vec![Data::I16(x.chunks(classes).flat_map(|row| int16.row(row)).collect())];
    }
    if op.rounding == Rounding::Onnx {
        return vec![Data::I8(Single::new(op, site).eval(inputs[0].get::<i8>()))];
    }
    let table = exponentials(op.beta, site);
    let rows = inputs[0].get::<i8>().chunks(classes);
    vec![Data::I8(rows.flat_map(|row| int8_row(&table, row)).collect())]
}

fn float_row(beta: f32, row: &[f32]) -> Vec<f32> {
    let max = row.iter().fold(f32::MIN, |max, &x| if x > max { x } else { max });
    let exponentials: Vec<_> = row.iter().map(|x| float_math::exp((x - max) * beta)).collect();
    let sum = exponentials.iter().fold(0.0, |sum, x| sum + x);
    exponentials.into_iter().map(|x| x / sum).collect()
}

/// The sum of the exponentials of the differences to the row's greatest element, with 12 integer bits.
pub(in crate::ops) fn sum(table: &[i32], row: &[i8]) -> i32 {
    let max = row.iter().copied().max().map_or(0, i32::from);
    let exponential = |&x: &i8| table.get((max - i32::from(x)) as usize).copied();
    row.iter().filter_map(exponential).map(|e| round_shift(e, SUM_BITS)).sum()
}

fn int8_row(table: &[i32], row: &[i8]) -> Vec<i8> {
    let max = row.iter().copied().max().map_or(0, i32::from);
    let exponential =
        |x: &i8| table.get((max - i32::from(*x)) as usize).copied().unwrap_or_default();
    let sum = sum(table, row);
    // The sum is (1 + rest) * 2^(SUM_BITS - headroom).
    let headroom = sum.leading_zeros() as i32;
    let rest = ((sum as u32) << headroom) ^ (1 << 31);
    let reciprocal = fixed_math::one_over_one_plus(rest as i32);
    let exponent = SUM_BITS - headroom + 31 - 8;
    let output = |x| {
        let y = doubling_high_multiply(reciprocal, exponential(x));
        // A larger exponent makes any y less than a half.
        let y = if exponent > 31 { 0 } else { round_shift(y, exponent) };
        (y - 128).clamp(-128, 127) as i8
    };
    row.iter().map(output).collect()
}

/// The exponent for a difference of 1, with [`EXPONENT_BITS`] integer bits.
pub(in crate::ops) fn step(beta: f32, scale: f32) -> f64 {
    f64::from(beta) * f64::from(scale) * f64::from(1 << (31 - EXPONENT_BITS))
}

/// Exponentials in `Q0` of the differences 0, 1, … to the row's greatest element, up to the last
/// that counts.
pub(in crate::ops) fn exponentials(beta: f32, site: &Site) -> Vec<i32> {
    let (scale, _) = site.input_quant(0).expect("the site's quantisation has been checked");
    let step = step(beta, scale);
    if step >= f64::from(1 << 30) {
        // e^-16 and less do not count.
        return vec![fixed_math::ONE];
    }
    let multiplier = Multiplier::from_real(step);
    let largest = f64::from((1 << EXPONENT_BITS) - 1) * f64::from(1 << (31 - EXPONENT_BITS));
    let last = (largest / f64::from(1 << multiplier.shift)).floor().min(255.0) as i32;
    let exponent = |difference: i32| {
        fixed_math::exp_of_negative(multiplier.apply_twice_rounded(-difference), EXPONENT_BITS)
    };
    (0..=last).map(exponent).collect()
}
