//! `RELU6`: each element, between 0 and 6.
//!
//! Input: a tensor of int8 or float32. Output: the same shape; int8 may have another scale, which
//! TFLite Micro ignores and LiteRT, like this operator, does not.

pub(super) mod cases;
mod import;

use super::common::unary;
use super::{Activation, Kernel, OpDef, OpError, Site, relu};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a rectifier with an upper bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Relu6 {
    /// TFLite Micro divides the scales in double precision, LiteRT in single.
    pub rounding: Rounding,
}

impl OpDef for Relu6 {
    const NAME: &'static str = "RELU6";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "relu6_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |op, site| relu::lower_s8(site, Activation::Relu6, op.rounding),
        },
        Kernel {
            name: "relu6_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: |_, site| relu::lower_f32(site, Activation::Relu6),
        },
    ];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        relu::check(site)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        relu::eval(site, inputs, Activation::Relu6, self.rounding)
    }
}
