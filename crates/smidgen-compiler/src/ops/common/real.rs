//! Functions of real numbers in double precision, the same bits on every machine: the tables that
//! are made while a model is compiled must not depend on the host's mathematical library.

use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LOG2_E, SQRT_2};

/// `e^x`, within 1e-15 of the exact value relative to it.
pub(crate) fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let n = (x.min(700.0) * LOG2_E).round();
    // ln 2 in two parts, of which n times the first is exact.
    let r = x.min(700.0) - n * 0.693_147_180_369_123_8 - n * 1.908_214_929_270_587_7e-10;
    let series = (1..=13).rev().fold(1.0, |sum, k| 1.0 + sum * r / f64::from(k));
    series * f64::from_bits(((n as i64 + 1023) as u64) << 52)
}

/// The natural logarithm of a normal positive number, within 1e-15 of the exact value relative to it
/// or to 1, whichever is greater.
pub(crate) fn log(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = f64::from((bits >> 52) as i32 - 1023);
    let mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 1023 << 52);
    let (exponent, mantissa) =
        if mantissa > SQRT_2 { (exponent + 1.0, mantissa / 2.0) } else { (exponent, mantissa) };
    // 2 artanh(s)
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let series = (0..12).rev().fold(0.0, |sum, k| sum * s * s + 2.0 / f64::from(2 * k + 1));
    exponent * LN_2 + s * series
}

/// The hyperbolic tangent, within 1e-15 of the exact value.
pub(crate) fn tanh(x: f64) -> f64 {
    let e = exp(2.0 * x.clamp(-40.0, 40.0));
    (e - 1.0) / (e + 1.0)
}

/// The complementary error function, within 1e-12 of the exact value relative to it.
pub(crate) fn erfc(x: f64) -> f64 {
    let magnitude = x.abs();
    if magnitude < 2.0 {
        return 1.0 - erf_of_small(x);
    }
    // A continued fraction: e^(-x^2) / sqrt pi / (x + 1/2 / (x + 2/2 / (x + 3/2 / …)))
    let fraction = (1..120).rev().fold(magnitude, |rest, k| magnitude + 0.5 * f64::from(k) / rest);
    let tail = 0.5 * FRAC_2_SQRT_PI * exp(-x * x) / fraction;
    if x < 0.0 { 2.0 - tail } else { tail }
}

/// The error function from -2 to 2:
/// `erf x = 2 / sqrt pi e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / (3 5) + …)`.
pub(crate) fn erf_of_small(x: f64) -> f64 {
    let term = |sum: f64, k: u32| 1.0 + sum * 2.0 * x * x / f64::from(2 * k + 1);
    FRAC_2_SQRT_PI * exp(-x * x) * x * (1..60).rev().fold(1.0, term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(f64) -> f64, exact: fn(f64) -> f64, scale: fn(f64) -> f64) {
        for i in -60_000..60_000 {
            let x = f64::from(i) * 0.01;
            let error = (f(x) - exact(x)) / scale(exact(x));
            assert!(error.abs() < 1e-15, "{x}: {error}");
        }
    }

    #[test]
    fn exponential_is_precise() {
        check(exp, f64::exp, |y| y);
        assert!(exp(-1e9) < 1e-300 && exp(1e9) > 1e300);
    }

    #[test]
    fn logarithm_is_precise() {
        check(|x| log(x.exp()), |x| x.exp().ln(), |y| y.abs().max(1.0));
        check(|x| log(1.0 + x * x), |x| (1.0 + x * x).ln(), |y| y.abs().max(1.0));
    }

    #[test]
    fn tangent_is_precise() {
        check(tanh, f64::tanh, |_| 1.0);
    }

    #[test]
    fn error_function_is_precise() {
        let values = [
            (-3.0, 1.999_977_909_503_001_4),
            (-0.5, 1.520_499_877_813_046_5),
            (0.0, 1.0),
            (0.1, 0.887_537_083_981_715_2),
            (1.0, 0.157_299_207_050_285_13),
            (1.999, 0.004_698_443_348_629_488),
            (2.001, 0.004_657_109_281_475_35),
            (4.0, 1.541_725_790_028_002e-8),
            (9.0, 4.137_031_746_513_81e-37),
        ];
        for (x, exact) in values {
            assert!((erfc(x) / exact - 1.0).abs() < 1e-12, "{x}: {}", erfc(x));
        }
    }
}
