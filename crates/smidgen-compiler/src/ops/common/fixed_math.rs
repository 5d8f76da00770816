//! Functions of fixed-point numbers of 16 and 32 bits, bit for bit as gemmlowp computes them.
//!
//! A number with `i` integer bits is `raw / 2^(bits - i)` with [`Word::bits`]. `Q0` below stands for
//! no integer bits, `Q2` for two and so on.

use crate::tensor::{Multiplier, doubling_high_multiply as mul, round_shift};

/// 1 in `Q0` of 32 bits, which cannot hold it exactly.
pub(crate) const ONE: i32 = i32::MAX;

/// Numbers of 32 bits.
const LONG: Word = Word { bits: 31 };
/// Numbers of 16 bits, the same as `smidgen_fixed_math_s16.h`.
const SHORT: Word = Word { bits: 15 };

/// The numbers that a signed integer holds.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// Bits without the sign: 31 or 15.
    bits: u32,
}

impl Word {
    /// 1 in `Q0`, which cannot hold it exactly.
    fn one(self) -> i32 {
        ((1u32 << self.bits) - 1) as i32
    }

    /// A constant that is given with 31 bits.
    fn constant(self, number: i32) -> i32 {
        round_shift(number, 31 - self.bits as i32)
    }

    /// The product in `Q0`, rounded to nearest, halves up.
    fn mul(self, a: i32, b: i32) -> i32 {
        ((i64::from(a) * i64::from(b) + (1 << (self.bits - 1))) >> self.bits) as i32
    }

    /// `x * 2^exponent`; saturates.
    fn shift(self, x: i32, exponent: u32) -> i32 {
        let one = i64::from(self.one());
        (i64::from(x) << exponent).clamp(-one - 1, one) as i32
    }

    /// `exp(x)` in `Q0` for `x <= 0` with `integer_bits` of at most 5 integer bits, of at most 7 where
    /// there are 16 bits.
    fn exp_of_negative(self, x: i32, integer_bits: u32) -> i32 {
        if x == 0 {
            return self.one();
        }
        if integer_bits > 5 && x < -(1 << (self.bits + 5 - integer_bits)) {
            return 0;
        }
        let quarter = 1i32 << (self.bits - integer_bits - 2);
        // x = -(whole quarters) + rest, with the rest in [-1/4, 0).
        let rest = (x & (quarter - 1)) - quarter;
        let quarters = rest.wrapping_sub(x);
        let mut result = self.exp_near_eighth(rest << integer_bits);
        // exp(-2^k) for k from -2 to 4, multiplied in where the bit is set.
        let factors =
            [1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242];
        for (i, factor) in factors.into_iter().take(integer_bits as usize + 2).enumerate() {
            if quarters & (quarter << i) != 0 {
                result = self.mul(result, self.constant(factor));
            }
        }
        result
    }

    /// `exp(x)` for `x` of `Q0` in [-1/4, 0): four terms of the Taylor series at -1/8.
    fn exp_near_eighth(self, x: i32) -> i32 {
        let exp_of_minus_eighth = self.constant(1_895_147_668);
        let third = self.constant(715_827_883);
        let x = x + (1 << (self.bits - 3));
        let x2 = self.mul(x, x);
        let x3 = self.mul(x2, x);
        let x4 = self.mul(x2, x2);
        let tail = round_shift(self.mul(round_shift(x4, 2) + x3, third) + x2, 1);
        exp_of_minus_eighth + self.mul(exp_of_minus_eighth, x + tail)
    }

    /// `2 / (1 + x)` in `Q2` for `x` of `Q0` in [0, 1]: three steps of Newton's iteration.
    fn two_over_one_plus(self, x: i32) -> i32 {
        // 48 / 17 and -32 / 17
        let (a, b) = (self.constant(1_515_870_810), self.constant(-1_010_580_540));
        let half_denominator = ((i64::from(x) + i64::from(self.one()) + 1) / 2) as i32;
        let mut y = a + self.mul(half_denominator, b);
        for _ in 0..3 {
            let error = (1 << (self.bits - 2)) - self.mul(half_denominator, y);
            y += self.shift(self.mul(y, error), 2);
        }
        y
    }

    /// `1 / (1 + exp(-x))` in `Q0`.
    fn logistic(self, x: i32, integer_bits: u32) -> i32 {
        if x == 0 {
            return 1 << (self.bits - 1);
        }
        let e = self.exp_of_negative(if x > 0 { -x } else { x }, integer_bits);
        let of_magnitude = self.shift(self.two_over_one_plus(e), 1);
        if x > 0 { of_magnitude } else { self.one() - of_magnitude }
    }

    /// `tanh(x)` in `Q0`, as `(1 - exp(-2x)) / (1 + exp(-2x))`.
    fn tanh(self, x: i32, integer_bits: u32) -> i32 {
        if x == 0 {
            return 0;
        }
        // The bits of x with another integer bit are those of 2x.
        let e = self.exp_of_negative(if x > 0 { -x } else { x }, integer_bits + 1);
        let of_magnitude = self.shift(self.two_over_one_plus(e) - (1 << (self.bits - 2)), 2);
        if x > 0 { of_magnitude } else { -of_magnitude }
    }
}

/// `exp(x)` in `Q0` for `x <= 0` with `integer_bits` of at most 5 integer bits.
pub(crate) fn exp_of_negative(x: i32, integer_bits: u32) -> i32 {
    LONG.exp_of_negative(x, integer_bits)
}

/// `1 / (1 + x)` in `Q0` for `x` of `Q0` in [0, 1].
pub(crate) fn one_over_one_plus(x: i32) -> i32 {
    LONG.shift(LONG.two_over_one_plus(x), 1)
}

/// `1 / (1 + exp(-x))` in `Q0` for `x` of `Q4`.
pub(crate) fn logistic(x: i32) -> i32 {
    LONG.logistic(x, 4)
}

/// `tanh(x)` in `Q0` for `x` of `Q4`.
pub(crate) fn tanh(x: i32) -> i32 {
    LONG.tanh(x, 4)
}

/// `1 / (1 + exp(-x))` in `Q0` of 16 bits for `x` of `Q3`.
pub(crate) fn logistic_s16(x: i16) -> i16 {
    SHORT.logistic(x.into(), 3) as i16
}

/// `tanh(x)` in `Q0` of 16 bits for `x` with `integer_bits` of at most 6 integer bits.
pub(crate) fn tanh_s16(x: i16, integer_bits: i32) -> i16 {
    SHORT.tanh(x.into(), integer_bits as u32) as i16
}

/// `ln x` in `Q5` for `x` of `Q12` from 1 upwards, as TFLite's `log_x_for_x_greater_than_or_equal_to_1`:
/// a rational function of the mantissa, near one of two powers of two.
pub(crate) fn log(x: i32) -> i32 {
    const LOG_2: i32 = 1_488_522_236;
    const SQRT_HALF: i32 = 1_518_500_250;
    const FOURTH_ROOT_HALF: i32 = 1_805_811_301;
    let quarter = 1 << 23;
    let power = |n: i32| n << 25;
    let headroom = x.leading_zeros() as i32 - 1;
    let r_a = LONG.shift(mul(x << headroom, SQRT_HALF), 1);
    let power_a = power(11 - headroom) + quarter;
    let headroom = mul(x, SQRT_HALF).leading_zeros() - 1;
    let r_b = LONG.shift(x, headroom);
    let power_b = power(12 - headroom as i32) - quarter;
    let r = r_a.min(r_b);
    let p = ((i64::from(r) + i64::from(FOURTH_ROOT_HALF) + 1) / 2) as i32;
    let q = 2 * (r - FOURTH_ROOT_HALF);
    let square = mul(q, q);
    // 11/240, 1/20, 1 - 1/sqrt 2 and 1/4 times powers of the fourth root of 2.
    let numerator = mul(q, r) + mul(mul(q, square), 117_049_297);
    let denominator = mul(p, 1_057_819_769 + q + mul(127_690_142, square)) + mul(638_450_708, q);
    let quotient = mul(round_shift(numerator, 6), one_over_one_plus(denominator));
    LONG.shift(mul(power_a.max(power_b), LOG_2) + quotient, 1)
}

/// `1 / sqrt x` of a positive integer, with a shift that is at most 0: five steps of Newton's iteration,
/// as TFLite's `GetInvSqrtQuantizedMultiplierExp`.
pub(crate) fn inverse_root(x: i32) -> Multiplier {
    if x <= 1 {
        return Multiplier { mantissa: i32::MAX, shift: 0 };
    }
    // Even shifts bring x to [2^27, 2^29), which is [1/2, 2) in Q3 after halving.
    let (x, right) = if x >= 1 << 29 { (x / 4, 12) } else { (x, 11) };
    let pairs = (x.leading_zeros() as i32 - 1) / 2 - 1;
    let right = right - pairs;
    let half = round_shift((x << (2 * pairs)) >> 1, 1);
    let one_and_half = (1 << 28) + (1 << 27);
    let mut y = 1 << 28;
    for _ in 0..5 {
        let cube = LONG.shift(mul(mul(y, y), y), 6);
        y = LONG.shift(mul(one_and_half, y) - mul(half, cube), 3);
    }
    // sqrt(1/2)
    let mantissa = mul(y, 1_518_500_250);
    Multiplier { mantissa: mantissa << (-right).max(0), shift: -right.max(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(i32) -> i32, exact: fn(f64) -> f64, step: usize, tolerance: f64) {
        for raw in (i32::MIN + 1..=i32::MAX).step_by(step) {
            let x = f64::from(raw) / f64::from(1 << 27);
            let y = f64::from(f(raw)) / f64::from(1u32 << 31);
            assert!((y - exact(x)).abs() < tolerance, "{x}: {y} is not {}", exact(x));
        }
    }

    #[test]
    fn logistic_is_close() {
        check(logistic, |x| 1.0 / (1.0 + (-x).exp()), 65_537, 3e-7);
    }

    #[test]
    fn tanh_is_close() {
        check(tanh, f64::tanh, 65_537, 3e-7);
    }

    fn check_s16(f: impl Fn(i16) -> i16, integer_bits: i32, exact: fn(f64) -> f64, tolerance: f64) {
        for raw in i16::MIN..=i16::MAX {
            let x = f64::from(raw) / f64::from(1 << (15 - integer_bits));
            let y = f64::from(f(raw)) / 32768.0;
            assert!((y - exact(x)).abs() < tolerance, "{x}: {y} is not {}", exact(x));
        }
    }

    #[test]
    fn logistic_of_16_bits_is_close() {
        check_s16(logistic_s16, 3, |x| 1.0 / (1.0 + (-x).exp()), 3e-4);
    }

    #[test]
    fn tanh_of_16_bits_is_close() {
        for integer_bits in 0..=6 {
            check_s16(|x| tanh_s16(x, integer_bits), integer_bits, f64::tanh, 5e-4);
        }
    }

    #[test]
    fn inverse_roots_are_close() {
        for x in (1..70_000).chain([1 << 29, i32::MAX]) {
            let Multiplier { mantissa, shift } = inverse_root(x);
            let y = f64::from(mantissa) * 2f64.powi(shift - 31);
            let error = y * f64::from(x).sqrt() - 1.0;
            assert!(error.abs() < 1e-5, "{x}: {error}");
        }
    }

    #[test]
    fn logarithm_is_close() {
        for x in (1 << 19..=i32::MAX).step_by(65_537) {
            let y = f64::from(log(x)) / f64::from(1 << 26);
            let exact = (f64::from(x) / f64::from(1 << 19)).ln();
            assert!((y - exact).abs() < 1e-6, "{x}: {y}, not {exact}");
        }
    }

    #[test]
    fn exponential_is_close() {
        for raw in (-i32::MAX..=0).step_by(65_537) {
            let x = f64::from(raw) / f64::from(1 << 26);
            let y = f64::from(exp_of_negative(raw, 5)) / f64::from(1u32 << 31);
            assert!((y - x.exp()).abs() < 3e-7, "{x}: {y}");
        }
    }
}
