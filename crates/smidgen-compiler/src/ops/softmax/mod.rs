//! `SOFTMAX`: `e^(beta x)` by the sum of these over the last axis.
//!
//! Input: a tensor of int8, int16 or float32 of rank 1 or more. Output: the same type and shape; int8
//! has scale 1/256 and zero point -128, but as onnxruntime any, and int16 scale 1/32768.

pub(super) mod cases;
pub(super) mod eval;
mod export;
mod import;
mod int16;
pub(super) mod kernels;
mod single;

use super::common::unary;
use super::{Kernel, OpDef, OpError, Site, keeps_last};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a softmax.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    /// Factor of the exponents.
    pub beta: f32,
    /// TFLite Micro makes the tables of int16 in single, LiteRT in double precision; onnxruntime
    /// computes int8 with a table of floats.
    pub rounding: Rounding,
}

/// Most classes of an int8 softmax: the sum of their exponentials has 12 integer bits.
pub(super) const MAX_CLASSES: usize = 4095;

impl OpDef for Softmax {
    const NAME: &'static str = "SOFTMAX";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer_rows(inputs)
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        keeps_last(axes).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        match site.same_dtype(Self::TYPES)? {
            DType::I8 if self.rounding == Rounding::Onnx => single::check(site),
            DType::I8 => check_int8(site, self.beta, (1.0 / 256.0, -128)),
            DType::I16 => int16::check(self, site),
            _ => Ok(()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

/// Checks scales and sizes of a function of int8 that sums exponentials along the last axis.
pub(super) fn check_int8(site: &Site, beta: f32, output: (f32, i32)) -> Result<(), OpError> {
    let (scale, _) = site.input_quant(0)?;
    let real = eval::step(beta, scale);
    if real.is_nan() || real <= 1.0 {
        return Err(OpError::unsupported(format!(
            "beta `{beta}` is too small for the input scale `{scale}`"
        )));
    }
    check_output(site, output)?;
    let classes = site.input(0).shape.last();
    if classes > MAX_CLASSES {
        return Err(OpError::unsupported(format!(
            "{classes} classes are more than the {MAX_CLASSES} whose int8 sum cannot overflow"
        )));
    }
    Ok(())
}

/// Requires the quantisation of the output that TFLite's kernels assume.
fn check_output(site: &Site, expected: (f32, i32)) -> Result<(), OpError> {
    let found = site.output_quant(0)?;
    if found == expected {
        return Ok(());
    }
    Err(OpError::inconsistent(format!(
        "the output must have scale `{}` and zero point `{}`, not `{}` and `{}`",
        expected.0, expected.1, found.0, found.1
    )))
}
