//! Change of scale and zero point of one value.

use super::linear::Ideal;
use crate::ops::Site;
use crate::tensor::Multiplier;

/// An integer times a real factor, as int8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Requantise {
    /// Input scale by output scale.
    pub multiplier: Multiplier,
    /// Added to the product.
    pub zero_point: i32,
    /// Least and greatest result.
    pub clamp: (i32, i32),
}

impl Requantise {
    /// The int8 for a value from which the input's zero point has been subtracted.
    pub(crate) fn apply(&self, x: i32) -> i8 {
        let product = self.multiplier.apply_twice_rounded(x);
        product.wrapping_add(self.zero_point).clamp(self.clamp.0, self.clamp.1) as i8
    }
}

/// From input 0 to output 0 of a site, both int8 and checked, by a factor of `real`: the function of
/// one element, and the real function that it rounds.
pub(crate) fn function(
    site: &Site,
    real: f64,
    clamp: (i32, i32),
) -> (impl Fn(i8) -> i8 + use<>, Ideal) {
    let checked = "the site's quantisation has been checked";
    let (_, input_zero_point) = site.input_quant(0).expect(checked);
    let (_, zero_point) = site.output_quant(0).expect(checked);
    let requantise = Requantise { multiplier: Multiplier::from_real(real), zero_point, clamp };
    let constant = -real * f64::from(input_zero_point);
    let ideal = Ideal { factors: [real, 0.0], constant, zero_point, clamp };
    (move |x| requantise.apply(i32::from(x) - input_zero_point), ideal)
}
