//! Reference of `CUMSUM`.

use super::Cumsum;
use crate::ops::{OpError, Site};
use crate::tensor::{Data, Multiplier};

pub(super) fn eval(op: &Cumsum, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    vec![match inputs[0] {
        Data::F32(x) => Data::F32(scan(op, site, x, 0.0, |sum, x| sum + x, |sum| sum)),
        Data::I32(x) => Data::I32(scan(op, site, x, 0, i32::wrapping_add, |sum| sum)),
        Data::I64(x) => Data::I64(scan(op, site, x, 0, i64::wrapping_add, |sum| sum)),
        other => {
            let rescale = Rescale::new(site).expect("the site's quantisation has been checked");
            let add = |sum: i32, x: i8| sum + i32::from(x) - rescale.input_zero_point;
            Data::I8(scan(op, site, other.get(), 0, add, |sum| rescale.apply(sum)))
        }
    }]
}

fn scan<T: Copy + Default, S: Copy>(
    op: &Cumsum,
    site: &Site,
    x: &[T],
    zero: S,
    add: impl Fn(S, T) -> S,
    output: impl Fn(S) -> T,
) -> Vec<T> {
    let lines = op.lines(site);
    let mut y = vec![T::default(); x.len()];
    for start in lines.starts() {
        let mut sum = zero;
        for step in 0..lines.length {
            let index = if op.reverse { lines.length - 1 - step } else { step };
            let at = start + index * lines.inner;
            let next = add(sum, x[at]);
            y[at] = output(if op.exclusive { sum } else { next });
            sum = next;
        }
    }
    y
}

/// From a sum of int8 to an output. The oracle's sums have 19 more bits, so that they overflow
/// beyond 4096 steps; here they do not, and are equal below.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rescale {
    /// Subtracted from every element.
    pub input_zero_point: i32,
    /// From the sum with 19 more bits to the output; below 1.
    pub multiplier: Multiplier,
    /// Added to every output.
    pub zero_point: i32,
}

impl Rescale {
    pub(super) fn new(site: &Site) -> Result<Self, OpError> {
        let (input, input_zero_point) = site.input_quant(0)?;
        let (output, zero_point) = site.output_quant(0)?;
        let real = 2.0 * f64::from(input) / (f64::from(1 << 20) * f64::from(output));
        let multiplier = Multiplier::from_real(real);
        if multiplier.shift > 0 {
            return Err(OpError::unsupported(format!(
                "the output scale `{output}` is too small for an input of scale `{input}`"
            )));
        }
        Ok(Self { input_zero_point, multiplier, zero_point })
    }

    /// Rounded twice: half up, then half away from zero.
    fn apply(&self, sum: i32) -> i8 {
        let high = (i64::from(sum) * i64::from(self.multiplier.mantissa) + (1 << 11)) >> 12;
        let half = (1i64 << -self.multiplier.shift) >> 1;
        let away = i64::from(high < 0 && half > 0);
        let scaled = (high + half - away) >> -self.multiplier.shift;
        (scaled + i64::from(self.zero_point)).clamp(-128, 127) as i8
    }
}
