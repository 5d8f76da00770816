//! Comparison of quantised numbers of different scales.

use super::Relation;
use crate::ops::{Arg, OpError, Site};
use crate::tensor::{DType, Multiplier};

/// Bits by which numbers are shifted left before they are scaled.
const HEADROOM: i32 = 8;

/// TFLite's scheme: both numbers get 8 more bits and are multiplied by their scales, rounded twice.
/// Numbers that are close may become equal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaled {
    zero_points: [i32; 2],
    multipliers: [Multiplier; 2],
}

impl Scaled {
    /// Scales of 1 and more, at which TFLite fails, are halved until both are smaller.
    pub(super) fn new(site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let mut scales = [scale_a, scale_b].map(f64::from);
        while scales.iter().any(|&scale| scale >= 1.0) {
            scales = scales.map(|scale| scale / 2.0);
        }
        let multipliers = scales.map(Multiplier::from_real);
        Ok(Self { zero_points: [zero_a, zero_b], multipliers })
    }

    fn value(&self, index: usize, x: i32) -> i32 {
        let shifted = (x - self.zero_points[index]) << HEADROOM;
        self.multipliers[index].apply_twice_rounded(shifted)
    }

    pub(super) fn holds(&self, relation: Relation, a: i32, b: i32) -> bool {
        relation.holds(&self.value(0, a), &self.value(1, b))
    }

    /// Whether numbers compare as they are stored: both operands are quantised alike, and so finely
    /// that none become equal.
    pub(super) fn is_plain(&self, dtype: DType) -> bool {
        let half = 1 << (8 * dtype.bytes() - 1);
        let mut values = (-half..half).map(|x| self.value(0, x));
        let mut last = values.next();
        let rises = values.all(|value| last.replace(value) < Some(value));
        rises
            && self.zero_points[0] == self.zero_points[1]
            && self.multipliers[0] == self.multipliers[1]
    }

    pub(super) fn args(&self) -> [(&'static str, Arg); 6] {
        let [a, b] = self.multipliers;
        [
            ("zero_a", Arg::Int(self.zero_points[0])),
            ("zero_b", Arg::Int(self.zero_points[1])),
            ("multiplier_a", Arg::Int(a.mantissa)),
            ("shift_a", Arg::Int(a.shift)),
            ("multiplier_b", Arg::Int(b.mantissa)),
            ("shift_b", Arg::Int(b.shift)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Operand;
    use crate::ops::case::int8;

    /// Compares with the order of the real numbers.
    fn check(scale_a: f32, scale_b: f32) {
        let types = [int8(&[1], scale_a, 5), int8(&[1], scale_b, -7)];
        let inputs = types.iter().map(|ty| Operand { ty, constant: None }).collect();
        let scaled = Scaled::new(&Site { inputs, outputs: vec![] }).unwrap();
        for (a, b) in (-128..128).flat_map(|a| (-128..128).map(move |b| (a, b))) {
            let real =
                (f64::from(a - 5) * f64::from(scale_a), f64::from(b + 7) * f64::from(scale_b));
            assert_eq!(scaled.holds(Relation::Less, a, b), real.0 < real.1, "{a} {b}");
        }
    }

    #[test]
    fn coarse_scales_compare_as_real_numbers() {
        check(0.5, 0.25);
        check(1.0, 1.0);
        check(2.0, 3.0);
        check(2f32.powi(70), 3.0 * 2f32.powi(69));
    }
}
