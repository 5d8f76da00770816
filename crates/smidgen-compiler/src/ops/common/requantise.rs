//! Change of scale and zero point.

use super::linear::Ideal;
use crate::ops::Site;
use crate::tensor::Multiplier;

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
    let multiplier = Multiplier::from_real(real);
    let constant = -real * f64::from(input_zero_point);
    let ideal = Ideal { factors: [real, 0.0], constant, zero_point, clamp };
    let f = move |x| {
        let product = multiplier.apply_twice_rounded(i32::from(x) - input_zero_point);
        product.wrapping_add(zero_point).clamp(clamp.0, clamp.1) as i8
    };
    (f, ideal)
}
