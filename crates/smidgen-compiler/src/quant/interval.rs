//! Intervals of real numbers, and the integers that cover them.

use crate::tensor::{DType, Data, Quant};

/// Some scale: less than 1, since interpreters compare nothing else.
const ANY_SCALE: f32 = 1.0 / 256.0;

/// The real numbers from `low` to `high`, both finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    /// The least number.
    pub(super) low: f32,
    /// The greatest number, at least `low`.
    pub(super) high: f32,
}

impl Interval {
    /// The least interval with all `numbers`; `None` if there are none, or one is not finite.
    pub(super) fn of(numbers: &[f32]) -> Option<Self> {
        let first = *numbers.first()?;
        let all = numbers.iter().fold(Self { low: first, high: first }, |range, &x| Self {
            low: range.low.min(x),
            high: range.high.max(x),
        });
        // A NaN is lost in the comparisons above.
        numbers.iter().all(|x| x.is_finite()).then_some(all)
    }

    /// The least interval with both.
    #[must_use]
    pub(super) fn join(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Scale and zero point for the interval and 0: of int8 as TFLite's specification says,
    /// `scale = (high - low) / 255`, and of int16 around 0, `scale = peak / 32767`. Where there is
    /// nothing but 0, any scale will do.
    pub(super) fn quant(self, dtype: DType) -> Quant {
        let (low, high) = (f64::from(self.low.min(0.0)), f64::from(self.high.max(0.0)));
        let (width, zero_point): (f64, fn(f64, f64) -> i32) = match dtype {
            DType::I16 => (low.abs().max(high) / 32767.0, |_, _| 0),
            _ => ((high - low) / 255.0, |low, scale| {
                (-128.0 - low / scale).round().clamp(-128.0, 127.0) as i32
            }),
        };
        let scale = width as f32;
        if !scale.is_normal() || !scale.is_finite() {
            return Quant::PerTensor { scale: ANY_SCALE, zero_point: 0 };
        }
        Quant::PerTensor { scale, zero_point: zero_point(low, f64::from(scale)) }
    }
}

/// The nearest integers of type `dtype` (int8 or int16) with one scale, halves away from zero.
pub(super) fn integers(numbers: &[f32], dtype: DType, scale: f32, zero_point: i32) -> Data {
    let code = |&x: &f32| {
        let steps = (f64::from(x) / f64::from(scale)).round() + f64::from(zero_point);
        match dtype {
            DType::I16 => steps.clamp(-32768.0, 32767.0) as i32,
            _ => steps.clamp(-128.0, 127.0) as i32,
        }
    };
    match dtype {
        DType::I16 => Data::I16(numbers.iter().map(|x| code(x) as i16).collect()),
        _ => Data::I8(numbers.iter().map(|x| code(x) as i8).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(low: f32, high: f32, dtype: DType, scale: f32, zero_point: i32) {
        assert_eq!(Interval { low, high }.quant(dtype), Quant::PerTensor { scale, zero_point });
    }

    #[test]
    fn zero_is_always_a_code() {
        check(-1.0, 1.55, DType::I8, 0.01, -28);
        check(1.0, 2.55, DType::I8, 0.01, -128);
        check(-2.55, -1.0, DType::I8, 0.01, 127);
        check(-32767.0, 1.0, DType::I16, 1.0, 0);
    }

    #[test]
    fn nothing_but_zero_has_some_scale() {
        check(0.0, 0.0, DType::I8, ANY_SCALE, 0);
        check(0.0, 1e-44, DType::I16, ANY_SCALE, 0);
    }

    #[test]
    fn only_finite_numbers_have_a_range() {
        assert_eq!(Interval::of(&[2.0, -1.0]), Some(Interval { low: -1.0, high: 2.0 }));
        assert_eq!(Interval::of(&[]), None);
        assert_eq!(Interval::of(&[f32::NAN, 1.0]), None);
        assert_eq!(Interval::of(&[1.0, f32::INFINITY]), None);
    }
}
