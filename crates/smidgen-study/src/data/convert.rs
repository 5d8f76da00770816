//! From numbers of a file to elements of a model's input.

use super::source::{Port, Raw};
use super::spec::{Meaning, Numbers};
use smidgen_compiler::tensor::{DType, Data};

/// What became of one input of one sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Converted {
    pub(super) data: Data,
    /// Elements that were beyond what a quantised input holds, and were moved to its nearest end.
    pub(super) clipped: usize,
}

/// How the numbers of one input are converted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) numbers: &'a Numbers,
    /// Whether integers of a file are real numbers where the user does not say.
    pub(super) integers_are_real: bool,
    /// Elements before the channel changes, and channels; see `Source::channels`.
    pub(super) channels: (usize, usize),
}

/// Converts the numbers of one sample for one input.
pub(super) fn convert(raw: Raw, port: &Port, rules: Rules) -> Result<Converted, String> {
    let data = match (port.ty.dtype, port.ty.quant.whole()) {
        (DType::F32, _) => Data::F32(rules.reals(raw, DType::F32)?),
        (dtype, Some((scale, zero_point))) if !rules.takes_codes(&raw)? => {
            return Ok(quantise(&rules.reals(raw, dtype)?, dtype, scale, zero_point));
        }
        (dtype, _) => integers(dtype, &raw.integers()?)?,
    };
    Ok(Converted { data, clipped: 0 })
}

/// The real numbers that the numbers of one sample for one input stand for.
pub(super) fn reals(raw: Raw, port: &Port, rules: Rules) -> Result<Vec<f32>, String> {
    match port.ty.quant.whole() {
        Some((scale, zero_point)) if rules.takes_codes(&raw)? => {
            let real = |code: i64| (code - i64::from(zero_point)) as f32 * scale;
            Ok(raw.integers()?.into_iter().map(real).collect())
        }
        _ => rules.reals(raw, port.ty.dtype),
    }
}

impl Rules<'_> {
    /// Whether the numbers are a quantised input's own integers.
    fn takes_codes(self, raw: &Raw) -> Result<bool, String> {
        let codes = self.meaning() == Meaning::Codes;
        match raw {
            Raw::Typed(Data::F32(_)) if codes => Err("holds floats, but the input's own integers \
                are asked for (`--values codes`)"
                .into()),
            Raw::Typed(Data::F32(_)) => Ok(false),
            Raw::Typed(_) => Ok(!self.integers_are_real()),
            Raw::Decimal(_) => Ok(codes),
        }
    }

    /// Whether integers are real numbers.
    fn integers_are_real(self) -> bool {
        match self.meaning() {
            Meaning::Auto => self.integers_are_real,
            meaning => meaning == Meaning::Real,
        }
    }

    /// What the user said, where normalising numbers says that they are real.
    fn meaning(self) -> Meaning {
        if self.numbers.normalises() { Meaning::Real } else { self.numbers.meaning }
    }

    /// Normalised real numbers, all finite.
    fn reals(self, raw: Raw, dtype: DType) -> Result<Vec<f32>, String> {
        let numbers: Vec<f64> = match raw {
            Raw::Typed(Data::F32(numbers)) if !self.numbers.normalises() => {
                return finite(numbers);
            }
            Raw::Typed(Data::F32(numbers)) => numbers.into_iter().map(f64::from).collect(),
            Raw::Decimal(numbers) => numbers,
            Raw::Typed(integers) if self.integers_are_real() => {
                widened(&integers).into_iter().map(|x| x as f64).collect()
            }
            Raw::Typed(integers) => {
                return Err(format!(
                    "holds {}, but the input takes {dtype}; convert it, or say that its integers \
                     are real numbers (`--values real`)",
                    integers.dtype()
                ));
            }
        };
        finite(self.normalised(numbers))
    }

    fn normalised(self, numbers: Vec<f64>) -> Vec<f32> {
        let (stride, channels) = self.channels;
        let Numbers { scale, mean, deviation, .. } = self.numbers;
        let of_channel = |list: &[f64], index: usize, otherwise: f64| match list {
            [] => otherwise,
            [one] => *one,
            many => many.get(index / stride % channels).copied().unwrap_or(otherwise),
        };
        let normal = |(index, number): (usize, f64)| {
            let centred = number * scale - of_channel(mean, index, 0.0);
            (centred / of_channel(deviation, index, 1.0)) as f32
        };
        numbers.into_iter().enumerate().map(normal).collect()
    }
}

fn finite(numbers: Vec<f32>) -> Result<Vec<f32>, String> {
    match numbers.iter().position(|x| !x.is_finite()) {
        None => Ok(numbers),
        Some(index) => Err(format!("element {index} is `{}`, not a finite number", numbers[index])),
    }
}

/// Integers of any integer type or truth values, widened.
fn widened(data: &Data) -> Vec<i64> {
    match data {
        Data::Bool(values) => values.iter().map(|&x| x.into()).collect(),
        data => data.integers().unwrap_or_default(),
    }
}

impl Raw {
    /// The numbers, all of which must be integers.
    fn integers(&self) -> Result<Vec<i64>, String> {
        let whole = |(index, number): (usize, f64)| {
            // Beyond 2^53 a float does not say which integer was meant.
            let integer = number.fract() == 0.0 && number.abs() <= (1u64 << 53) as f64;
            if integer { Ok(number as i64) } else { Err((index, number)) }
        };
        let numbers: Result<Vec<i64>, (usize, f64)> = match self {
            Self::Decimal(numbers) => numbers.iter().copied().enumerate().map(whole).collect(),
            Self::Typed(Data::F32(numbers)) => {
                numbers.iter().map(|&x| x.into()).enumerate().map(whole).collect()
            }
            Self::Typed(data) => Ok(widened(data)),
        };
        numbers.map_err(|(index, number)| {
            format!("element {index} is `{number}`, but the input takes integers")
        })
    }
}

/// Integers of a type that must hold them all.
fn integers(dtype: DType, numbers: &[i64]) -> Result<Data, String> {
    let (low, high) = range(dtype);
    if let Some(index) = numbers.iter().position(|x| !(low..=high).contains(x)) {
        return Err(format!(
            "element {index} is {}, but {dtype} goes from {low} to {high}",
            numbers[index]
        ));
    }
    Ok(of_integers(dtype, numbers.iter().copied()))
}

/// Least and largest integer of a type.
pub(super) fn range(dtype: DType) -> (i64, i64) {
    match dtype {
        DType::I8 => (i8::MIN.into(), i8::MAX.into()),
        DType::U8 => (0, u8::MAX.into()),
        DType::I16 => (i16::MIN.into(), i16::MAX.into()),
        DType::I32 => (i32::MIN.into(), i32::MAX.into()),
        DType::I64 | DType::F32 => (i64::MIN, i64::MAX),
        DType::Bool => (0, 1),
    }
}

/// Elements of integers that the type holds.
fn of_integers(dtype: DType, numbers: impl Iterator<Item = i64>) -> Data {
    match dtype {
        DType::I8 => Data::I8(numbers.map(|x| x as i8).collect()),
        DType::U8 => Data::U8(numbers.map(|x| x as u8).collect()),
        DType::I16 => Data::I16(numbers.map(|x| x as i16).collect()),
        DType::I32 => Data::I32(numbers.map(|x| x as i32).collect()),
        DType::I64 => Data::I64(numbers.collect()),
        DType::F32 => Data::F32(numbers.map(|x| x as f32).collect()),
        DType::Bool => Data::Bool(numbers.map(|x| x != 0).collect()),
    }
}

/// `zero_point + round(real / scale)` with halves away from zero, as TFLite's QUANTIZE computes it,
/// moved to the nearest end of the type's range.
fn quantise(reals: &[f32], dtype: DType, scale: f32, zero_point: i32) -> Converted {
    let (low, high) = range(dtype);
    let step = |x: &f32| ((x / scale).round() as i64).saturating_add(zero_point.into());
    let steps: Vec<i64> = reals.iter().map(step).collect();
    let clipped = steps.iter().filter(|step| !(low..=high).contains(step)).count();
    let data = of_integers(dtype, steps.into_iter().map(|x| x.clamp(low, high)));
    Converted { data, clipped }
}
