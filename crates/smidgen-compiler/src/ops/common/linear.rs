//! Replaces quantised functions of int8 by integer multiplications, additions and one shift.
//!
//! `TFLite` adds two int8 tensors with three rounding high multiplications per element. The result
//! is nearly a linear function of the operands, so 32-bit factors, offset and shift can be found
//! that give the same int8 for each of the 65,536 pairs. Whether they do is checked, not assumed.

/// `low + clamp((a * factors[0] + b * factors[1] + offset) >> shift, 0, high - low)`; no step leaves
/// 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Linear {
    /// Factor of each operand.
    pub factors: [i32; 2],
    /// Zero points, rounding and the lower bound.
    pub offset: i32,
    /// Arithmetic right shift.
    pub shift: u32,
    /// Least and greatest result.
    pub clamp: (i32, i32),
}

/// The real function that an integer function rounds, halves away from zero, before it adds a zero
/// point: `a * factors[0] + b * factors[1] + constant`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ideal {
    /// Factor of each operand; the second is 0 for functions of one operand.
    pub factors: [f64; 2],
    /// Constant part.
    pub constant: f64,
    /// Added after rounding.
    pub zero_point: i32,
    /// Least and greatest result.
    pub clamp: (i32, i32),
}

impl Ideal {
    /// The function of the remaining operand where operand `index` is `value`.
    pub(crate) fn with_operand(self, index: usize, value: i8) -> Self {
        let constant = self.constant + self.factors[index] * f64::from(value);
        Self { factors: [self.factors[1 - index], 0.0], constant, ..self }
    }

    /// The function times `factor`.
    fn times(self, factor: f64) -> Self {
        let factors = self.factors.map(|f| f * factor);
        Self { factors, constant: self.constant * factor, ..self }
    }

    /// What a floor turns into the result less the lower bound, nearly.
    fn value(&self, [a, b]: [f64; 2]) -> f64 {
        let real = a * self.factors[0] + b * self.factors[1] + self.constant;
        real + f64::from(self.zero_point) + 0.5 - f64::from(self.clamp.0)
    }
}

/// Factors are searched this far from the nearest integers.
const REACH: i64 = 6;

/// Binary logarithms of the relative enlargements that are tried. A floor rounds halves up; that of
/// a slightly enlarged function rounds them away from zero.
const ENLARGEMENTS: [i32; 8] = [i32::MIN, -17, -16, -15, -14, -13, -12, -11];

/// A pair of operands at which the result may change: a bound of the linear form.
struct Bound {
    operands: [i64; 2],
    value: i64,
}

impl Linear {
    /// The linear form that equals `f` on all int8 operands, if one is found near `ideal`.
    pub(crate) fn fit(ideal: &Ideal, f: impl Fn(i8, i8) -> i8) -> Option<Self> {
        let seconds = if ideal.factors[1] == 0.0 { 0..=0 } else { -128..=127i8 };
        let pairs = (-128..=127i8).flat_map(|a| seconds.clone().map(move |b| [a, b]));
        let pairs: Vec<_> = pairs.map(|[a, b]| ([i64::from(a), i64::from(b)], f(a, b))).collect();
        // A difference of zero points alone needs no multiplication.
        let whole = Self {
            factors: ideal.factors.map(|factor| factor as i32),
            offset: (ideal.value([0.0; 2]) - 0.5) as i32,
            shift: 0,
            clamp: ideal.clamp,
        };
        if whole.equals(&pairs) {
            return Some(whole);
        }
        ENLARGEMENTS.into_iter().find_map(|e| near(&ideal.times(1.0 + 2f64.powi(e)), &pairs))
    }

    /// The function's value, computed as the kernel does.
    pub(crate) fn apply(&self, a: i32, b: i32) -> i32 {
        let sum = a * self.factors[0] + b * self.factors[1] + self.offset;
        let (low, high) = self.clamp;
        low + (sum >> self.shift).clamp(0, high - low)
    }

    /// Whether no sum of int8 operands leaves 32 bits, and the results are those of `pairs`.
    fn equals(&self, pairs: &[([i64; 2], i8)]) -> bool {
        let factors: i64 = self.factors.iter().map(|&factor| i64::from(factor).abs()).sum();
        let fits = 128 * factors + i64::from(self.offset).abs() <= i64::from(i32::MAX);
        fits && pairs.iter().all(|&([a, b], y)| self.apply(a as i32, b as i32) == i32::from(y))
    }
}

/// A linear form near `ideal` that has the results of `pairs`.
fn near(ideal: &Ideal, pairs: &[([i64; 2], i8)]) -> Option<Linear> {
    let factors: f64 = ideal.factors.iter().map(|factor| factor.abs()).sum();
    // One more for rounding to nearest, one for the search.
    let largest = 128.0 * factors + ideal.value([0.0; 2]).abs() + 2.0;
    let shift = (0..31).rev().find(|&shift| largest * exp2(shift) < exp2(31))?;
    let nearest = ideal.factors.map(|factor| (factor * exp2(shift)).round() as i64);
    let start = (ideal.value([0.0; 2]) * exp2(shift)).round() as i64;
    let (below, above) = bounds(ideal, shift, pairs);
    candidates(ideal.factors[1] != 0.0).into_iter().find_map(|[i, j]| {
        let factors = [nearest[0] + i, nearest[1] + j];
        let offset = offset(factors, start, &below, &above)?;
        let linear = Linear {
            factors: factors.map(|factor| factor as i32),
            offset: i32::try_from(offset).ok()?,
            shift,
            clamp: ideal.clamp,
        };
        linear.equals(pairs).then_some(linear)
    })
}

fn exp2(exponent: u32) -> f64 {
    (1u64 << exponent) as f64
}

/// Deviations of the factors from the nearest integers, small ones first.
fn candidates(two: bool) -> Vec<[i64; 2]> {
    let second = if two { REACH } else { 0 };
    let all = (-REACH..=REACH).flat_map(|i| (-second..=second).map(move |j| [i, j]));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|[i, j]| i * i + j * j);
    all
}

/// Lower and upper bounds of the linear form where a result may differ from the floor of `ideal`.
fn bounds(ideal: &Ideal, shift: u32, pairs: &[([i64; 2], i8)]) -> (Vec<Bound>, Vec<Bound>) {
    let margin = 512.0 * (REACH + 1) as f64 / exp2(shift);
    let (mut below, mut above) = (Vec::new(), Vec::new());
    for &(operands, y) in pairs {
        let value = ideal.value(operands.map(|x| x as f64));
        let y = i64::from(y) - i64::from(ideal.clamp.0);
        if y > 0 && value < y as f64 + margin {
            below.push(Bound { operands, value: y << shift });
        }
        let greatest = i64::from(ideal.clamp.1) - i64::from(ideal.clamp.0);
        if y < greatest && value > (y + 1) as f64 - margin {
            above.push(Bound { operands, value: ((y + 1) << shift) - 1 });
        }
    }
    (below, above)
}

/// The offset nearest to `start` that satisfies all bounds.
fn offset(factors: [i64; 2], start: i64, below: &[Bound], above: &[Bound]) -> Option<i64> {
    let rest = |b: &Bound| b.value - b.operands[0] * factors[0] - b.operands[1] * factors[1];
    let low = below.iter().map(rest).max().unwrap_or(i64::MIN);
    let high = above.iter().map(rest).min().unwrap_or(i64::MAX);
    (low <= high).then(|| start.clamp(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INT8: (i32, i32) = (-128, 127);

    /// Fits a function that rounds halves away from zero, as exactly as doubles can.
    fn fit(factors: [f64; 2], constant: f64, zero_point: i32, clamp: (i32, i32)) -> Option<Linear> {
        let ideal = Ideal { factors, constant, zero_point, clamp };
        Linear::fit(&ideal, |a, b| {
            let real = f64::from(a) * factors[0] + f64::from(b) * factors[1] + constant;
            (real.round() as i32).saturating_add(zero_point).clamp(clamp.0, clamp.1) as i8
        })
    }

    fn check(factors: [f64; 2], constant: f64, zero_point: i32, clamp: (i32, i32)) {
        assert!(fit(factors, constant, zero_point, clamp).is_some(), "{factors:?} {constant}");
    }

    #[test]
    fn other_zero_points_need_no_shift() {
        let linear = fit([1.0, 0.0], 5.0, -3, INT8).unwrap();
        assert_eq!((linear.factors, linear.offset, linear.shift), ([1, 0], 130, 0));
    }

    #[test]
    fn usual_sums_are_linear() {
        check([0.936_137, 0.370_241], 12.345_678, -20, INT8);
        check([0.029_311, -1.293_471], 0.723_456, 127, (-10, 90));
        check([1.753_097, 0.383_291], -140.987_654, -128, INT8);
    }

    #[test]
    fn halves_round_away_from_zero() {
        check([0.5, 0.0], -3.5, 4, INT8);
        check([0.5, 0.5], 7.0, -9, INT8);
        check([1.5, -0.25], 0.0, 0, INT8);
        check([2.5, 0.0], 10.0, -30, INT8);
    }

    #[test]
    fn extremes_saturate() {
        check([0.0, 0.0], 0.0, 7, INT8);
        check([1e-9, 1e-8], 1.0, 7, INT8);
        check([175.3, 0.0], -1000.7, 7, INT8);
    }

    #[test]
    fn what_is_not_linear_is_refused() {
        let ideal = Ideal { factors: [1.0, 0.0], constant: 0.0, zero_point: 0, clamp: INT8 };
        assert_eq!(Linear::fit(&ideal, |a, _| a ^ i8::from(a == 100)), None);
        let ideal = Ideal { factors: [1e12, 1e12], ..ideal };
        assert_eq!(Linear::fit(&ideal, i8::wrapping_add), None);
    }
}
