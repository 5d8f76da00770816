//! Multiplication of integers by numbers of single precision, as onnxruntime brings sums to the
//! output's scale, and the same in integers.

/// A number of single precision that is not negative, as `mantissa * 2^-(32 + shift)` with
/// `2^30 <= mantissa < 2^31`, or zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Single {
    /// Significant bits; the lowest 7 are zero.
    pub mantissa: i32,
    /// Right shift after the high word of a product.
    pub shift: i32,
}

/// Results are cut here: far outside 8 bits.
const LIMIT: f32 = 16_777_216.0;

/// Right shifts at which integers below 2^30 and a rounding constant for 9 bits need 32 bits.
pub const SHIFTS: std::ops::RangeInclusive<i32> = 1..=21;

impl Single {
    /// The number, but for those which make integers of 32 bits vanish, or exceed every bound.
    pub fn new(real: f32) -> Self {
        let zero = Self { mantissa: 0, shift: 1 };
        if real.is_nan() || real < 2f32.powi(-32) {
            return zero;
        }
        let bits = real.min(2f32.powi(22)).to_bits();
        let mantissa = ((bits & 0x7f_ffff) | 0x80_0000) << 7;
        Self { mantissa: mantissa as i32, shift: 125 - (bits >> 23) as i32 }
    }

    /// The nearest integer to `x * real`, after both it and `x` have been rounded to single precision;
    /// halves become even.
    pub fn nearest(x: i32, real: f32) -> i32 {
        (x as f32 * real).clamp(-LIMIT, LIMIT).round_ties_even() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept() {
        for real in [1.0, 0.1, 3.0e-7, 2f32.powi(-32), 1234.567] {
            let Single { mantissa, shift } = Single::new(real);
            let back = f64::from(mantissa) * 2f64.powi(-32 - shift);
            assert_eq!(back.to_bits(), f64::from(real).to_bits(), "{real}");
            assert!(mantissa >= 1 << 30);
        }
    }

    #[test]
    fn vast_and_tiny_numbers_are_cut() {
        assert_eq!(Single::new(1e-12).mantissa, 0);
        assert_eq!(Single::new(0.0).mantissa, 0);
        assert_eq!(Single::new(f32::INFINITY), Single::new(2f32.powi(22)));
    }

    #[test]
    fn halves_become_even() {
        assert_eq!([-3, -1, 1, 3, 5].map(|x| Single::nearest(x, 0.5)), [-2, 0, 0, 2, 2]);
        assert_eq!(Single::nearest(i32::MAX, 1e30), LIMIT as i32);
    }
}
