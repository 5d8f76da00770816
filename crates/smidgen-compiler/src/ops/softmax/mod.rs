//! `SOFTMAX`: `e^(beta x)` by the sum of these over the last axis.
//!
//! Input: a tensor of int8 or float32 of rank 1 or more. Output: the same shape; int8 has scale 1/256
//! and zero point -128.

pub(super) mod cases;
mod eval;
mod import;
mod kernels;

use super::common::unary;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a softmax.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    /// Factor of the exponents.
    pub beta: f32,
}

/// Most classes of an int8 softmax: the sum of their exponentials has 12 integer bits.
const MAX_CLASSES: usize = 4095;

impl OpDef for Softmax {
    const NAME: &'static str = "SOFTMAX";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let outputs = unary::infer(inputs, None)?;
        if outputs[0].1.rank() == 0 {
            return Err(OpError::inconsistent("needs an axis, but the input is a scalar"));
        }
        Ok(outputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if site.same_dtype(Self::TYPES)? == DType::F32 {
            return Ok(());
        }
        let (scale, _) = site.input_quant(0)?;
        let real = eval::step(self.beta, scale);
        if real.is_nan() || real <= 1.0 {
            return Err(OpError::unsupported(format!(
                "beta `{}` is too small for the input scale `{scale}`",
                self.beta
            )));
        }
        let (scale, zero_point) = site.output_quant(0)?;
        if (scale, zero_point) != (1.0 / 256.0, -128) {
            return Err(OpError::inconsistent(format!(
                "the output must have scale `{}` and zero point `-128`, not `{scale}` and \
                 `{zero_point}`",
                1.0 / 256.0
            )));
        }
        let classes = site.input(0).shape.last();
        if classes > MAX_CLASSES {
            return Err(OpError::unsupported(format!(
                "{classes} classes are more than the {MAX_CLASSES} whose int8 sum cannot overflow"
            )));
        }
        Ok(())
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}
