//! Powers and angles, the same bits as `smidgen_power.h`.
#![allow(clippy::float_cmp, reason = "special cases are numbers, not neighbourhoods")]

/// `2^n` for -1022 to 1023.
fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// The binary logarithm of a positive finite number.
fn binary_logarithm(x: f32) -> f64 {
    let bits = f64::from(x).to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    let mut fraction = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if fraction > std::f64::consts::SQRT_2 {
        fraction *= 0.5;
        exponent += 1;
    }
    // 2 / ln 2 * artanh(s)
    let s = (fraction - 1.0) / (fraction + 1.0);
    let square = s * s;
    let series = (0..8).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    f64::from(exponent) + 2.885_390_081_777_926_8 * s * series
}

/// `2^x`.
fn binary_exponential(x: f64) -> f32 {
    if x.is_nan() || x >= 128.0 {
        return x as f32 * f32::INFINITY;
    }
    if x < -150.0 {
        return 0.0;
    }
    let whole = (x + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let rest = (x - f64::from(whole)) * std::f64::consts::LN_2;
    let series = (1..=10).rev().fold(1.0, |sum, k| 1.0 + sum * rest / f64::from(k));
    (series * power_of_two(whole)) as f32
}

/// `x^y`.
pub(super) fn float(x: f32, y: f32) -> f32 {
    let (size, size_y) = (x.abs(), y.abs());
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if size_y == f32::INFINITY {
        return match size {
            1.0 => 1.0,
            _ if (size > 1.0) == (y > 0.0) => f32::INFINITY,
            _ => 0.0,
        };
    }
    // From 2^24 on, all floats are even.
    let whole = if size_y < 16_777_216.0 { y as i32 } else { 0 };
    let is_whole = size_y >= 16_777_216.0 || whole as f32 == y;
    let sign = if x.is_sign_negative() && whole & 1 != 0 && is_whole { -1.0 } else { 1.0 };
    if size == 0.0 || size == f32::INFINITY {
        return sign * if (size == 0.0) == (y > 0.0) { 0.0 } else { f32::INFINITY };
    }
    if x < 0.0 && !is_whole {
        return f32::NAN;
    }
    sign * binary_exponential(binary_logarithm(size) * f64::from(y))
}

/// `x^n`, which wraps. Negative powers are truncated; those of 0 are 0.
pub(super) fn integer(x: i32, n: i32) -> i32 {
    match (u32::try_from(n), x) {
        (Ok(n), _) => x.wrapping_pow(n),
        (Err(_), 1) => 1,
        (Err(_), -1) if n % 2 == 0 => 1,
        (Err(_), -1) => -1,
        (Err(_), _) => 0,
    }
}

/// The angle of the point `(x, y)`.
pub(super) fn angle(y: f32, x: f32) -> f32 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    let (size_x, size_y) = (f64::from(x.abs()), f64::from(y.abs()));
    let steep = size_y > size_x;
    let (larger, smaller) = if steep { (size_y, size_x) } else { (size_x, size_y) };
    // Equal ones may be infinite or zero.
    let mut ratio = match larger {
        0.0 => 0.0,
        _ if larger == smaller => 1.0,
        _ => smaller / larger,
    };
    let mut angle = 0.0;
    // arctan(t) = pi / 4 + arctan((t - 1) / (t + 1))
    if ratio > 0.414_213_562_373_095_03 {
        ratio = (ratio - 1.0) / (ratio + 1.0);
        angle = std::f64::consts::FRAC_PI_4;
    }
    let term = |sum, k| 1.0 / f64::from(2 * k + 1) - sum * ratio * ratio;
    angle += ratio * (0..14).rev().fold(0.0, term);
    let angle = if steep { std::f64::consts::FRAC_PI_2 - angle } else { angle };
    let angle = if x.is_sign_negative() { std::f64::consts::PI - angle } else { angle };
    if y.is_sign_negative() { -(angle as f32) } else { angle as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(f32, f32) -> f32, exact: fn(f64, f64) -> f64) {
        let sizes = [1e-42, 3e-39, 1.3e-20, 0.07, 0.41, 0.43, 0.999_999, 1.0, 1.000_001, 1.5, 3.0];
        let sizes = sizes.into_iter().chain([17.25, 1e5, 3e7, 2e30, 3e38, 0.0, f32::INFINITY]);
        let numbers: Vec<f32> = sizes.flat_map(|x| [x, -x]).collect();
        for &x in &numbers {
            for &y in &numbers {
                let (found, exact) = (f(x, y), exact(x.into(), y.into()));
                let unit = f64::from(f32::EPSILON) * exact.abs().max(1e-38);
                let close = (f64::from(found) - exact).abs() <= unit;
                let same = found.to_bits() == (exact as f32).to_bits();
                assert!(
                    close || same || found.is_nan() && exact.is_nan(),
                    "{x} {y}: {found} {exact}"
                );
            }
        }
    }

    #[test]
    fn powers_are_accurate() {
        check(float, f64::powf);
    }

    #[test]
    fn angles_are_accurate() {
        check(angle, f64::atan2);
    }

    #[test]
    fn integer_powers_wrap_and_truncate() {
        let powers = [(3, 4), (-3, 3), (7, 30), (-1, -3), (-1, -4), (2, -1), (0, -1), (0, 0)];
        let wrapped = 7i32.wrapping_pow(30);
        assert_eq!(powers.map(|(x, n)| integer(x, n)), [81, -27, wrapped, -1, 1, 0, 0, 1]);
    }
}
