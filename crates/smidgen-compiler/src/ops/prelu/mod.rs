//! `PRELU`: each element, but negative ones times a slope, with broadcasting.
//!
//! Inputs: a tensor of int8, int16 or float32 and slopes of the same type, for int16 of int8, whose
//! shapes agree where neither is 1. Output: their broadcast shape; its scale may differ.

pub(super) mod cases;
mod import;

use super::common::binary::{self, Functions, Scheme, functions};
use super::common::{BROADCAST, COMMON, REQUANTISE};
use super::{Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Rounding, Shape, TensorType};

/// Attributes of a rectifier with slopes.
#[derive(Debug, Clone, PartialEq)]
pub struct Prelu {
    /// TFLite Micro computes the multipliers in double precision, LiteRT in single.
    pub rounding: Rounding,
}

const PRELU: Source = Source { file: "smidgen_prelu.h", text: include_str!("prelu.h") };

const FUNCTIONS: Functions = functions!("prelu");

impl OpDef for Prelu {
    const NAME: &'static str = "PRELU";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "prelu", needs: &[], accepts: |_, _| true, lower }];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let elements = Site { inputs: vec![site.inputs[0]], outputs: site.outputs.clone() };
        let dtype = elements.same_dtype(Self::TYPES)?;
        let expected = if dtype == DType::F32 { DType::F32 } else { DType::I8 };
        let slopes = site.input(1).dtype;
        if slopes != expected {
            return Err(OpError::unsupported(format!(
                "the slopes have element type `{slopes}`, those of `{dtype}` must have `{expected}`"
            )));
        }
        if dtype == DType::F32 { Ok(()) } else { Slope::new(self, site).map(|_| ()) }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let plain =
            || binary::eval(site, inputs, |a: f32, b: f32| if a >= 0.0 { a } else { a * b });
        Slope::eval(self, site, inputs).unwrap_or_else(plain)
    }
}

fn lower(op: &Prelu, site: &Site) -> Lowering {
    let sources = vec![COMMON, BROADCAST, REQUANTISE, PRELU];
    if site.input(0).dtype == DType::F32 {
        return binary::lower(site, sources, FUNCTIONS.of(DType::F32), &[]);
    }
    let slope = Slope::checked(op, site);
    slope.lower(site, sources, &FUNCTIONS, &slope.parameters())
}

/// TFLite's scheme: numbers of either sign have a multiplier of their own, and are rounded twice.
#[derive(Debug, Clone, PartialEq)]
struct Slope {
    zero_points: [i32; 2],
    positive: Multiplier,
    negative: Multiplier,
    output_zero_point: i32,
    clamp: (i32, i32),
}

impl Scheme<Prelu> for Slope {
    fn new(op: &Prelu, site: &Site) -> Result<Self, OpError> {
        let ((scale, zero), (slope_scale, slope_zero)) =
            (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let (positive, negative) = match op.rounding {
            Rounding::Tflm | Rounding::Onnx => {
                let (scale, output_scale) = (f64::from(scale), f64::from(output_scale));
                (scale / output_scale, scale * f64::from(slope_scale) / output_scale)
            }
            Rounding::Litert => {
                let negative = scale * slope_scale / output_scale;
                (f64::from(scale / output_scale), f64::from(negative))
            }
        };
        if !positive.is_finite() || !negative.is_finite() {
            return Err(OpError::unsupported(format!(
                "the output scale `{output_scale}` is too small for an input scale `{scale}` and a \
                 slope scale `{slope_scale}`"
            )));
        }
        Ok(Self {
            zero_points: [zero, slope_zero],
            positive: Multiplier::from_real(positive),
            negative: Multiplier::from_real(negative),
            output_zero_point,
            clamp: match site.output(0).dtype {
                DType::I16 => (i16::MIN.into(), i16::MAX.into()),
                _ => (i8::MIN.into(), i8::MAX.into()),
            },
        })
    }

    fn apply(&self, x: i32, slope: i32) -> i32 {
        let (x, slope) = (x - self.zero_points[0], slope - self.zero_points[1]);
        let y = if x >= 0 {
            self.positive.apply_twice_rounded(x)
        } else {
            self.negative.apply_twice_rounded(x * slope)
        };
        y.wrapping_add(self.output_zero_point).clamp(self.clamp.0, self.clamp.1)
    }
}

impl Slope {
    fn parameters(&self) -> [(&'static str, i32); 7] {
        [
            ("zero_a", self.zero_points[0]),
            ("zero_b", self.zero_points[1]),
            ("multiplier", self.positive.mantissa),
            ("shift", self.positive.shift),
            ("slope_multiplier", self.negative.mantissa),
            ("slope_shift", self.negative.shift),
            ("zero_point", self.output_zero_point),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, int16, problem};

    #[test]
    fn slopes_beside_int16_are_int8() {
        let x = int16(&[2], 0.5);
        let op = Prelu { rounding: Rounding::Tflm };
        let check =
            |slopes| problem(op.clone(), &[x.clone(), slopes], std::slice::from_ref(&x.quant));
        assert_eq!(check(int8(&[2], 0.5, 3)), None);
        assert!(check(int16(&[2], 0.5)).unwrap().contains("must have `int8`"));
    }
}
