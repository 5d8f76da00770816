//! `QUANTIZE`: brings a tensor to another scale and zero point.
//!
//! Input: a tensor of float32, or of int8, int16 or int32 with another quantisation. Output: int8, int16
//! or int32 of the same shape; int32 from int8 and int16 only.

pub(super) mod cases;
mod export;
mod import;
mod kernels;

use super::common::linear::Ideal;
use super::common::{requantise, table, unary};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Multiplier, Rounding, Shape, TensorType};

/// Attributes of a quantisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantize {
    /// Element type of the output.
    pub to: DType,
    /// Halves become even in onnxruntime, and go away from zero in TFLite's interpreters.
    pub rounding: Rounding,
}

impl OpDef for Quantize {
    const NAME: &'static str = "QUANTIZE";
    const TYPES: &'static [DType] = &[DType::F32, DType::I8, DType::I16, DType::I32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, Some(self.to))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let from = site.input(0).dtype;
        if !kernels::accepts(from, self.to) {
            let text = format!("cannot quantise elements of `{from}` to `{}`", self.to);
            return Err(OpError::unsupported(text));
        }
        site.output_quant(0)?;
        if from == DType::F32 { Ok(()) } else { site.input_quant(0).map(|_| ()) }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let numbers: Vec<i32> = match inputs[0] {
            Data::F32(x) => {
                let (scale, zero_point) = quant(site);
                // Clamped first, so that the addition cannot overflow.
                let steps = |x: f32| {
                    let real = (x / scale).clamp(-LIMIT, LIMIT);
                    (if self.is_even() { real.round_ties_even() } else { real.round() }) as i32
                };
                x.iter().map(|&x| steps(x) + zero_point).collect()
            }
            Data::I8(x) if self.to == DType::I8 => {
                let (f, _) = self.int8_function(site);
                x.iter().map(|&x| f(x).into()).collect()
            }
            other => {
                let requantisation = Requantisation::new(site);
                let numbers = other.integers().unwrap_or_default();
                numbers.into_iter().map(|x| requantisation.apply(x as i32)).collect()
            }
        };
        let (low, high) = range(self.to);
        let numbers = numbers.into_iter().map(|x| x.clamp(low, high));
        vec![match self.to {
            DType::I8 => Data::I8(numbers.map(|x| x as i8).collect()),
            DType::I16 => Data::I16(numbers.map(|x| x as i16).collect()),
            _ => Data::I32(numbers.collect()),
        }]
    }
}

/// Steps of floats are cut here: far outside int16, but inside int32.
const LIMIT: f32 = 131_072.0;

/// Bounds of an integer type.
fn range(dtype: DType) -> (i32, i32) {
    match dtype {
        DType::I8 => (-128, 127),
        DType::I16 => (-32768, 32767),
        _ => (i32::MIN, i32::MAX),
    }
}

/// A change of quantisation.
struct Requantisation {
    input_zero_point: i32,
    multiplier: Multiplier,
    zero_point: i32,
}

impl Requantisation {
    /// That of a checked site.
    fn new(site: &Site) -> Self {
        let (from, input_zero_point) =
            site.input_quant(0).expect("the site's quantisation has been checked");
        let (to, zero_point) = quant(site);
        let multiplier = Multiplier::from_real(f64::from(from) / f64::from(to));
        Self { input_zero_point, multiplier, zero_point }
    }

    fn apply(&self, x: i32) -> i32 {
        let x = x.wrapping_sub(self.input_zero_point);
        self.multiplier.apply_twice_rounded(x).wrapping_add(self.zero_point)
    }
}

impl Quantize {
    fn is_even(&self) -> bool {
        self.rounding == Rounding::Onnx
    }

    /// The function from int8 to int8, and the real function behind it.
    fn int8_function(&self, site: &Site) -> (impl Fn(i8) -> i8, Ideal) {
        let from = site.input_quant(0).expect("the site's quantisation has been checked");
        let to = quant(site);
        let real = f64::from(from.0) / f64::from(to.0);
        let (f, ideal) = requantise::function(site, real, range(DType::I8));
        let nearest = self.is_even().then(|| table::nearest(from, to, |x| x));
        (move |x: i8| nearest.map_or_else(|| f(x), |table| table[usize::from(x as u8)]), ideal)
    }
}

fn quant(site: &Site) -> (f32, i32) {
    site.output_quant(0).expect("the site's quantisation has been checked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};
    use crate::tensor::Quant;

    fn check(x: &TensorType, to: DType, quant: &Quant, says: &str) {
        let text = problem(
            Quantize { to, rounding: Rounding::Tflm },
            std::slice::from_ref(x),
            std::slice::from_ref(quant),
        );
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn types_and_scales_must_be_known() {
        let quant = int8(&[1], 0.5, 3).quant;
        let floats = plain(DType::F32, &[3]);
        check(&floats, DType::I32, &quant, "cannot quantise elements of `float32` to `int32`");
        check(&floats, DType::I8, &Quant::None, "output 0 has no scale");
        check(&plain(DType::I8, &[3]), DType::I8, &quant, "input 0 has no scale");
        check(&floats, DType::I16, &quant, "where int16 must have 0");
    }
}
