//! Functions of 16-bit fixed-point numbers, bit for bit as gemmlowp computes them.
//!
//! A number with `i` integer bits is `raw / 2^(15 - i)`; `Q0` stands for no integer bits, `Q2` for
//! two. The same as `smidgen_fixed_math_s16.h`; see `fixed_math` for 32 bits.

use crate::tensor::round_shift;

/// 1 in `Q0`, which cannot hold it exactly.
const ONE: i32 = i16::MAX as i32;

/// `1 / (1 + exp(-x))` in `Q0` for `x` of `Q3`.
pub(crate) fn logistic(x: i16) -> i16 {
    let x = i32::from(x);
    if x == 0 {
        return 1 << 14;
    }
    let y = saturate(two_over_one_plus(exp_of_negative(-x.abs(), 3)) << 1);
    (if x > 0 { y } else { ONE - y }) as i16
}

/// `tanh(x)` in `Q0` for `x` with `integer_bits` of at most 6 integer bits.
pub(crate) fn tanh(x: i16, integer_bits: i32) -> i16 {
    let x = i32::from(x);
    if x == 0 {
        return 0;
    }
    // The bits of x with another integer bit are those of 2x.
    let e = exp_of_negative(-x.abs(), integer_bits + 1);
    let y = saturate((two_over_one_plus(e) - (1 << 13)) << 2);
    (if x > 0 { y } else { -y }) as i16
}

/// `exp(x)` in `Q0` for `x <= 0` with `integer_bits` of at most 7 integer bits.
fn exp_of_negative(x: i32, integer_bits: i32) -> i32 {
    if x == 0 {
        return ONE;
    }
    if integer_bits > 5 && x < -(1 << (20 - integer_bits)) {
        return 0;
    }
    let quarter = 1 << (13 - integer_bits);
    // x = -(whole quarters) + rest, with the rest in [-1/4, 0).
    let rest = (x & (quarter - 1)) - quarter;
    let quarters = rest - x;
    let mut result = exp_near_eighth(rest << integer_bits);
    // exp(-2^k) for k from -2 to 4, multiplied in where the bit is set.
    let factors = [25520, 19875, 12055, 4435, 600, 11, 0];
    for (i, factor) in factors.into_iter().take(integer_bits as usize + 2).enumerate() {
        if quarters & (quarter << i) != 0 {
            result = mul(result, factor);
        }
    }
    result
}

/// `exp(x)` for `x` of `Q0` in [-1/4, 0): four terms of the Taylor series at -1/8.
fn exp_near_eighth(x: i32) -> i32 {
    const EXP_OF_MINUS_EIGHTH: i32 = 28918;
    const THIRD: i32 = 10923;
    let x = x + (1 << 12);
    let x2 = mul(x, x);
    let x3 = mul(x2, x);
    let x4 = mul(x2, x2);
    let tail = round_shift(mul(round_shift(x4, 2) + x3, THIRD) + x2, 1);
    EXP_OF_MINUS_EIGHTH + mul(EXP_OF_MINUS_EIGHTH, x + tail)
}

/// `2 / (1 + x)` in `Q2` for `x` of `Q0` in [0, 1]: three steps of Newton's iteration.
fn two_over_one_plus(x: i32) -> i32 {
    const A: i32 = 23130; // 48 / 17
    const B: i32 = -15420; // -32 / 17
    let half_denominator = (x + ONE + 1) / 2;
    let mut y = A + mul(half_denominator, B);
    for _ in 0..3 {
        let error = (1 << 13) - mul(half_denominator, y);
        y += saturate(mul(y, error) << 2);
    }
    y
}

/// `a * b / 2^15`, rounded to nearest, halves up.
fn mul(a: i32, b: i32) -> i32 {
    (a * b + (1 << 14)) >> 15
}

/// The nearest number that 16 bits hold.
fn saturate(x: i32) -> i32 {
    x.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: impl Fn(i16) -> i16, integer_bits: i32, exact: fn(f64) -> f64, tolerance: f64) {
        for raw in i16::MIN..=i16::MAX {
            let x = f64::from(raw) / f64::from(1 << (15 - integer_bits));
            let y = f64::from(f(raw)) / 32768.0;
            assert!((y - exact(x)).abs() < tolerance, "{x}: {y} is not {}", exact(x));
        }
    }

    #[test]
    fn logistic_is_close() {
        check(logistic, 3, |x| 1.0 / (1.0 + (-x).exp()), 3e-4);
    }

    #[test]
    fn tanh_is_close() {
        for integer_bits in 0..=6 {
            check(|x| tanh(x, integer_bits), integer_bits, f64::tanh, 5e-4);
        }
    }
}
