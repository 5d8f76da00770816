//! `ADD`: the sum of two tensors with broadcasting.
//!
//! Inputs: two tensors of int8, int32 or float32 whose shapes agree where neither is 1. Output: their
//! broadcast shape. int32 wraps.

pub(super) mod cases;
mod import;
mod kernels;

use super::common::{binary, sum};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Add {
    /// Clamp of the output.
    pub activation: Activation,
}

/// What the second operand is multiplied by.
const SIGN: i32 = 1;

impl OpDef for Add {
    const NAME: &'static str = "ADD";
    const TYPES: &'static [DType] = &[DType::I8, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        sum::check(site, self.activation, SIGN)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        sum::eval(site, inputs, self.activation, SIGN)
    }
}
