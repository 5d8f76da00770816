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
    // x = n ln 2 + r; ln 2 is split so that n times its first part is exact.
    let n = (x * std::f32::consts::LOG2_E + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let r = x - n as f32 * 0.693_359_4;
    let r = r - n as f32 * -0.000_212_194_44;
    let p = 0.166_665_18 + r * (0.041_666_206 + r * (0.008_368_883 + r * 0.001_395_048_1));
    let y = 1.0 + (r + r * r * (0.5 + r * p));
    // Two factors, for results beyond the range of a normal power of two.
    let power = |n: i32| f32::from_bits(((n + 127) as u32) << 23);
    y * power(n / 2) * power(n - n / 2)
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
