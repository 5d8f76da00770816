//! Functions of floats, the same bits as `smidgen_float_math.h` on every machine.
//!
//! Only additions, multiplications and divisions in a fixed order; the coefficients are minimax
//! fits. Errors are below 2 units in the last place.

/// `e^x`.
pub(crate) fn exp(x: f32) -> f32 {
    if x > 88.8 || x.is_nan() {
        return x + f32::INFINITY;
    }
    if x < -104.0 {
        return 0.0;
    }
    let n = (x * std::f32::consts::LOG2_E + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let y = 1.0 + exp_of_rest(x, n);
    // Two factors, for results beyond the range of a normal power of two.
    y * power_of_two(n / 2) * power_of_two(n - n / 2)
}

/// `e^r - 1` for the rest `r = x - n ln 2` in [-0.35, 0.35]. ln 2 is split so that n times its first
/// part is exact.
fn exp_of_rest(x: f32, n: i32) -> f32 {
    let r = x - n as f32 * 0.693_359_4;
    let r = r - n as f32 * -0.000_212_194_44;
    let p = 0.166_665_18 + r * (0.041_666_206 + r * (0.008_368_883 + r * 0.001_395_048_1));
    r + r * r * (0.5 + r * p)
}

/// `2^n` for normal results.
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

/// `e^x - 1` for `x <= 0`.
pub(crate) fn expm1_of_negative(x: f32) -> f32 {
    if x < -18.0 {
        return -1.0;
    }
    let n = (x * std::f32::consts::LOG2_E - 0.5) as i32;
    let power = power_of_two(n);
    exp_of_rest(x, n) * power + (power - 1.0)
}

/// The natural logarithm.
pub(crate) fn log(x: f32) -> f32 {
    if x.is_nan() || x < 0.0 {
        return f32::NAN;
    }
    if x == 0.0 || x == f32::INFINITY {
        return if x > 0.0 { x } else { f32::NEG_INFINITY };
    }
    // x = 2^n (1 + f) with f in [sqrt(1/2) - 1, sqrt(2) - 1]; numbers below 2^-126 are scaled first.
    let (x, scaled) = if x < f32::MIN_POSITIVE { (x * 33_554_432.0, 25) } else { (x, 0) };
    let above = x.to_bits() as i32 - 0x3f35_04f3;
    let n = (above >> 23) - scaled;
    let f = f32::from_bits(((above & 0x007f_ffff) + 0x3f35_04f3) as u32) - 1.0;
    // log(1 + f) = log((1 + s) / (1 - s)), without the first term's rounding error.
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let rest = z * (0.666_667_76 + z * (0.399_775_42 + z * 0.298_717_3));
    let low = s * (half_square + rest) + n as f32 * -0.000_212_194_44;
    n as f32 * 0.693_359_4 - ((half_square - low) - f)
}

/// The sine, of numbers of any size.
pub(crate) fn sin(x: f32) -> f32 {
    let (r, quarter) = quarter_turns(x);
    sine_of_quarter(r, quarter)
}

/// The cosine, of numbers of any size.
pub(crate) fn cos(x: f32) -> f32 {
    let (r, quarter) = quarter_turns(x);
    sine_of_quarter(r, quarter.wrapping_add(1))
}

/// `sin(r + quarter * pi / 2)` for `r` in [-pi/4, pi/4].
fn sine_of_quarter(r: f32, quarter: u32) -> f32 {
    let z = r * r;
    let y = if quarter & 1 == 0 {
        r + r * z * (-0.166_666_55 + z * (0.008_332_178 + z * -0.000_195_173))
    } else {
        1.0 - 0.5 * z + z * z * (0.041_666_646 + z * (-0.001_388_736_8 + z * 2.443_845_2e-5))
    };
    if quarter & 2 == 0 { y } else { -y }
}

/// The bits of 2 / pi after a word of zeros.
const TWO_OVER_PI: [u32; 8] =
    [0, 0xa2f9_836e, 0x4e44_1529, 0xfc27_57d1, 0xf534_ddc0, 0xdb62_9599, 0x3c43_9041, 0xfe51_63ab];

/// `x` as a rest in [-pi/4, pi/4] and a number of quarter turns, modulo 4.
fn quarter_turns(x: f32) -> (f32, u32) {
    let bits = x.to_bits() & 0x7fff_ffff;
    if bits <= 0x3f49_0fda {
        return (x, 0);
    }
    if bits >= 0x7f80_0000 {
        return (f32::NAN, 0);
    }
    // x = m 2^(exponent - 150). Bits of 2 / pi whose product with m is a multiple of 4 are skipped;
    // 96 follow.
    let m = (bits & 0x007f_ffff) | 0x0080_0000;
    let skip = (bits >> 23) - 120;
    let word = |i: usize| {
        let pair = |i: usize| u64::from(TWO_OVER_PI[(skip / 32) as usize + i]);
        ((pair(i) << 32 | pair(i + 1)) << (skip % 32) >> 32) as u32
    };
    let wide = |w: u32| u64::from(m) * u64::from(w);
    let turns = (u64::from(m.wrapping_mul(word(0))) << 32)
        .wrapping_add(wide(word(1)))
        .wrapping_add(wide(word(2)) >> 32);
    let quarter = (turns.wrapping_add(1 << 61) >> 62) as u32;
    let rest = turns.wrapping_sub(u64::from(quarter) << 62) as i64;
    // pi / 2 / 2^62
    let r = rest as f32 * 3.406_121_6e-19;
    if x < 0.0 { (-r, quarter.wrapping_neg()) } else { (r, quarter) }
}

/// The error function for numbers below 0.75 in magnitude.
fn erf_of_small(x: f32) -> f32 {
    let z = x * x;
    let p = 0.112_833_77 + z * (-0.026_834_624 + z * (0.005_114_346 + z * -0.000_674_951_36));
    x * (std::f32::consts::FRAC_2_SQRT_PI + z * (-0.376_126_2 + z * p))
}

/// The error function; errors are below 2 units.
pub(crate) fn erf(x: f32) -> f32 {
    let magnitude = if x < 0.0 { -x } else { x };
    if magnitude < 0.75 { erf_of_small(x) } else { 1.0 - erfc(x) }
}

/// The complementary error function; errors are below 3 units.
pub(crate) fn erfc(x: f32) -> f32 {
    let magnitude = if x < 0.0 { -x } else { x };
    if magnitude < 0.75 {
        return 1.0 - erf_of_small(x);
    }
    if magnitude > 10.1 {
        return if x < 0.0 { 2.0 } else { 0.0 };
    }
    // e^(-x^2) with a part of x whose square is exact.
    let high = f32::from_bits(magnitude.to_bits() & 0xffff_f000);
    let gauss = exp(-high * high) * exp((high - magnitude) * (high + magnitude));
    let t = 2.0 / (magnitude + 2.0);
    let p = 0.267_598_75 + t * (-0.464_598_95 + t * (0.263_764_56 + t * -0.051_795_99));
    let p = 0.242_502_94 + t * (0.204_154_71 + t * (-0.026_108_96 + t * p));
    let tail = gauss * (t * (0.282_080_74 + t * (0.282_471_8 + t * p)));
    if x < 0.0 { 2.0 - tail } else { tail }
}

/// `x (1 + erf(x / sqrt 2)) / 2`.
pub(crate) fn gelu(x: f32) -> f32 {
    0.5 * x * erfc(x * -std::f32::consts::FRAC_1_SQRT_2)
}

/// [`gelu`] with the approximation `tanh(sqrt(2 / pi) (x + 0.044715 x^3))` of the error function.
pub(crate) fn gelu_approximate(x: f32) -> f32 {
    0.5 * x * (1.0 + tanh(0.797_884_6 * (x + 0.044_715 * x * x * x)))
}

/// The nearest integer, halves to the even one.
pub(crate) fn round(x: f32) -> f32 {
    // Without a negative zero.
    x.round_ties_even() + 0.0
}

/// The hyperbolic tangent.
pub(crate) fn tanh(x: f32) -> f32 {
    let magnitude = if x < 0.0 { -x } else { x };
    if magnitude < 0.625 {
        let z = x * x;
        let p = -0.333_332_84
            + z * (0.133_314_9 + z * (-0.053_743_497 + z * (0.020_650_586 + z * -0.005_717_044_7)));
        return x + x * z * p;
    }
    let y = 1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0);
    if x < 0.0 { -y } else { y }
}

/// `1 / (1 + e^-x)`.
pub(crate) fn logistic(x: f32) -> f32 {
    if x < 0.0 {
        let e = exp(x);
        return e / (1.0 + e);
    }
    1.0 / (1.0 + exp(-x))
}

/// `x` between bounds, as TFLite clamps: what is not a number stays so.
pub(crate) fn clamp(x: f32, low: f32, high: f32) -> f32 {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::super::real;
    use super::*;

    /// Compares with double precision on floats of all magnitudes in `range`.
    fn check(f: fn(f32) -> f32, exact: fn(f64) -> f64, limit: f32, ulps: f64) {
        let mut worst = (0.0, 0.0);
        for bits in (0..limit.to_bits()).step_by(9973) {
            for x in [f32::from_bits(bits), -f32::from_bits(bits)] {
                let (y, e) = (f(x), exact(f64::from(x)));
                let unit = f64::from(f32::EPSILON) * e.abs().max(f64::from(f32::MIN_POSITIVE));
                let error = (f64::from(y) - e).abs() / unit;
                if error > worst.0 {
                    worst = (error, x);
                }
            }
        }
        assert!(worst.0 < ulps, "error of {} units at {}", worst.0, worst.1);
    }

    #[test]
    fn exp_is_accurate() {
        check(exp, f64::exp, 88.7, 1.0);
    }

    #[test]
    fn tanh_is_accurate() {
        check(tanh, f64::tanh, 30.0, 1.5);
    }

    #[test]
    fn logistic_is_accurate() {
        check(logistic, |x| 1.0 / (1.0 + (-x).exp()), 80.0, 2.0);
    }

    #[test]
    fn expm1_is_accurate() {
        check(|x| expm1_of_negative(-x.abs()), |x| (-x.abs()).exp_m1(), 60.0, 1.0);
    }

    #[test]
    fn log_is_accurate() {
        check(|x| log(x.abs()), |x| x.abs().ln(), f32::MAX, 1.0);
    }

    #[test]
    fn sin_and_cos_are_accurate() {
        check(sin, f64::sin, f32::MAX, 2.0);
        check(cos, f64::cos, f32::MAX, 2.0);
    }

    #[test]
    fn sin_and_cos_are_accurate_near_zeros() {
        for quarter in 1..200_000 {
            let x = (f64::from(quarter) * std::f64::consts::FRAC_PI_2) as f32;
            for (y, exact) in [(sin(x), f64::from(x).sin()), (cos(x), f64::from(x).cos())] {
                let error = (f64::from(y) / exact - 1.0).abs() / f64::from(f32::EPSILON);
                assert!(error < 2.0, "{x}: error of {error} units");
            }
        }
    }

    #[test]
    fn erf_is_accurate() {
        let exact =
            |x: f64| if x.abs() < 2.0 { real::erf_of_small(x) } else { 1.0 - real::erfc(x) };
        check(erf, exact, 9.0, 2.0);
    }

    #[test]
    fn erfc_is_accurate() {
        check(erfc, real::erfc, 9.0, 3.0);
    }

    #[test]
    fn halves_round_to_even() {
        let values = [-2.5, -1.5, -0.5, -0.2, 0.5, 0.6, 1.5, 2.5, 8_388_607.5, 1e10];
        let rounded = [-2.0, -2.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 8_388_608.0, 1e10];
        assert_eq!(values.map(round).map(f32::to_bits), rounded.map(f32::to_bits));
    }

    #[test]
    fn logarithms_have_limits() {
        assert!(log(0.0) < f32::MIN && log(f32::INFINITY) > f32::MAX);
        assert!(log(-1.0).is_nan() && sin(f32::INFINITY).is_nan() && cos(f32::NAN).is_nan());
    }

    #[test]
    fn extremes_are_limits() {
        let bits = |values: [f32; 6]| values.map(f32::to_bits);
        let limits = [
            exp(f32::INFINITY),
            exp(f32::MIN),
            tanh(f32::INFINITY),
            tanh(f32::MIN),
            logistic(f32::MAX),
            logistic(f32::MIN),
        ];
        assert_eq!(bits(limits), bits([f32::INFINITY, 0.0, 1.0, -1.0, 1.0, 0.0]));
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan() && logistic(f32::NAN).is_nan());
        assert!(exp(88.72) < f32::INFINITY && exp(-103.0) > 0.0);
    }
}
