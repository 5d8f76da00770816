//! Fixed-point requantisation, exactly as TFLite's reference kernels do it.

use serde::{Deserialize, Serialize};

/// Whose integer results are the contract where interpreters differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// TFLite Micro's reference kernels.
    #[default]
    Tflm,
    /// LiteRT's reference kernels.
    Litert,
    /// onnxruntime without graph optimisation, and its operators on quantised tensors. Operators that
    /// it computes in floats alone round as TFLite Micro's.
    Onnx,
}

/// A positive real number as `mantissa * 2^(shift - 31)`, with `2^30 <= mantissa < 2^31`, or zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Multiplier {
    /// Significant bits; zero for the number zero.
    pub mantissa: i32,
    /// Exponent; positive shifts left.
    pub shift: i32,
}

impl Multiplier {
    /// Nearest multiplier to `real`, as TFLite's `QuantizeMultiplier`: numbers below 2^-32 become
    /// zero, numbers of 2^31 and more saturate. `real` must be finite and not negative.
    pub fn from_real(real: f64) -> Self {
        if real <= 0.0 {
            return Self { mantissa: 0, shift: 0 };
        }
        let (fraction, mut shift) = frexp(real);
        let mut mantissa = (fraction * f64::from(1u32 << 31)).round() as i64;
        if mantissa == 1 << 31 {
            mantissa /= 2;
            shift += 1;
        }
        if shift < -31 {
            return Self { mantissa: 0, shift: 0 };
        }
        if shift > 30 {
            return Self { mantissa: i32::MAX, shift: 30 };
        }
        Self { mantissa: mantissa as i32, shift }
    }

    /// `x * self`, rounded twice: a rounding doubling high multiply (half away from zero in the
    /// positive direction), then a rounding right shift (half away from zero). Left shifts come
    /// first and wrap, as they do in the reference kernels.
    pub fn apply_twice_rounded(self, x: i32) -> i32 {
        let left = self.shift.max(0);
        let right = (-self.shift).max(0);
        let shifted = x.wrapping_mul(1i32.wrapping_shl(left as u32));
        round_shift(doubling_high_multiply(shifted, self.mantissa), right)
    }
}

/// `floor((a * b + 2^30) / 2^31)`, saturating for `a = b = -2^31`: gemmlowp's
/// `SaturatingRoundingDoublingHighMul`, whose truncating division equals this floor.
pub(crate) fn doubling_high_multiply(a: i32, b: i32) -> i32 {
    if a == i32::MIN && b == i32::MIN {
        return i32::MAX;
    }
    let product = i64::from(a) * i64::from(b);
    let nudge = if product >= 0 { 1i64 << 30 } else { 1 - (1i64 << 30) };
    ((product + nudge) / (1i64 << 31)) as i32
}

/// `x / 2^exponent`, rounded half away from zero: gemmlowp's `RoundingDivideByPOT`.
pub(crate) fn round_shift(x: i32, exponent: i32) -> i32 {
    let mask = ((1i64 << exponent) - 1) as i32;
    let remainder = x & mask;
    let threshold = (mask >> 1) + i32::from(x < 0);
    (x >> exponent) + i32::from(remainder > threshold)
}

/// Splits a positive finite number into a fraction in [0.5, 1) and a power of two.
fn frexp(x: f64) -> (f64, i32) {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    if exponent == 0 {
        let (fraction, shift) = frexp(x * 2f64.powi(64));
        return (fraction, shift - 64);
    }
    let fraction = f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52));
    (fraction, exponent - 1022)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplier_is_nearest() {
        assert_eq!(Multiplier::from_real(0.5), Multiplier { mantissa: 1 << 30, shift: 0 });
        assert_eq!(Multiplier::from_real(1.0), Multiplier { mantissa: 1 << 30, shift: 1 });
        assert_eq!(Multiplier::from_real(0.0), Multiplier { mantissa: 0, shift: 0 });
        assert_eq!(Multiplier::from_real(1e-12), Multiplier { mantissa: 0, shift: 0 });
        assert_eq!(Multiplier::from_real(1.0 - 1e-16).shift, 1);
        assert_eq!(Multiplier::from_real(1e20), Multiplier { mantissa: i32::MAX, shift: 30 });
    }

    #[test]
    fn high_multiply_is_a_floor() {
        for a in [-7, -1, 1, 3, 1 << 20, i32::MIN, i32::MAX, -123_456_789] {
            for b in [1 << 30, (1 << 30) + 1, i32::MAX, 1_518_500_250] {
                let exact = (i128::from(a) * i128::from(b) + (1 << 30)) >> 31;
                assert_eq!(i128::from(doubling_high_multiply(a, b)), exact);
            }
        }
        assert_eq!(doubling_high_multiply(i32::MIN, i32::MIN), i32::MAX);
    }

    #[test]
    fn shifts_round_half_away_from_zero() {
        assert_eq!([-3, -2, -1, 1, 2, 3].map(|x| round_shift(x, 1)), [-2, -1, -1, 1, 1, 2]);
        assert_eq!(round_shift(5, 0), 5);
        assert_eq!(round_shift(i32::MAX, 31), 1);
    }
}
