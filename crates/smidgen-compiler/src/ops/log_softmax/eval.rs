//! Reference of `LOG_SOFTMAX`.

use crate::ops::Site;
use crate::ops::common::{fixed_math, float_math};
use crate::ops::softmax::eval::{exponentials, step, sum};
use crate::tensor::{Data, Multiplier, round_shift};

/// Fraction bits that the exponents have more than the output.
const MORE_BITS: i32 = 22;

pub(super) fn eval(site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let classes = site.input(0).shape.last();
    if let Data::I8(x) = inputs[0] {
        let int8 = Int8::new(site);
        return vec![Data::I8(x.chunks(classes).flat_map(|row| int8.row(row)).collect())];
    }
    let rows = inputs[0].get::<f32>().chunks(classes);
    vec![Data::F32(rows.flat_map(float_row).collect())]
}

fn float_row(row: &[f32]) -> Vec<f32> {
    let max = row.iter().fold(f32::MIN, |max, &x| if x > max { x } else { max });
    let sum = row.iter().fold(0.0, |sum, x| sum + float_math::exp(x - max));
    let log = float_math::log(sum);
    row.iter().map(|x| x - max - log).collect()
}

/// What the computation of int8 needs.
pub(super) struct Int8 {
    /// Exponentials of differences to the row's greatest element.
    pub exponentials: Vec<i32>,
    /// From differences to exponents with 26 fraction bits.
    pub multiplier: Multiplier,
    /// Back.
    pub inverse: Multiplier,
}

impl Int8 {
    /// For a checked site.
    pub(super) fn new(site: &Site) -> Self {
        let (scale, _) = site.input_quant(0).expect("the site's quantisation has been checked");
        let multiplier = Multiplier::from_real(step(1.0, scale).min(f64::from(i32::MAX)));
        let unit = f64::from(1u32 << (31 - multiplier.shift));
        Self {
            exponentials: exponentials(1.0, site),
            multiplier,
            inverse: Multiplier::from_real(unit / f64::from(multiplier.mantissa)),
        }
    }

    fn row(&self, row: &[i8]) -> Vec<i8> {
        let max = row.iter().copied().max().map_or(0, i32::from);
        let log = fixed_math::log(sum(&self.exponentials, row));
        // Differences whose exponents would overflow.
        let lowest = -(self.exponentials.len() as i32);
        let lowest = lowest.max(self.inverse.apply_twice_rounded(log + i32::MIN));
        let output = |&x: &i8| {
            let difference = i32::from(x) - max;
            if difference <= lowest {
                return -128;
            }
            let exponent = self.multiplier.apply_twice_rounded(difference) - log;
            (round_shift(exponent, MORE_BITS) + 127).clamp(-128, 127) as i8
        };
        row.iter().map(output).collect()
    }
}
