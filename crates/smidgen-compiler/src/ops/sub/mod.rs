//! `SUB`: the difference of two tensors with broadcasting.
//!
//! Inputs: two tensors of int8, int16, int32, int64 or float32 whose shapes agree where neither is 1.
//! Output: their broadcast shape. int32 and int64 wrap.

pub(super) mod cases;
mod export;
mod import;

use super::common::arithmetic::{Arithmetic, SOURCES};
use super::common::binary;
use super::common::sum::{self, SumDef};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Sub {
    /// Clamp of the output.
    pub activation: Activation,
    /// Whether int16 operands whose scales are powers of two are shifted, as LiteRT does, and not
    /// multiplied.
    pub shifting: bool,
    /// onnxruntime adds in single precision, TFLite's interpreters in fixed point.
    pub rounding: Rounding,
}

impl SumDef for Sub {
    const SIGN: i32 = -1;
    const PLAIN: Arithmetic = Arithmetic {
        integer: i64::wrapping_sub,
        float: |a, b| a - b,
        functions: ["smidgen_sub_s32", "smidgen_sub_s64", "smidgen_sub_f32"],
        sources: SOURCES,
    };

    fn activation(&self) -> Activation {
        self.activation
    }

    fn is_shifting(&self) -> bool {
        self.shifting
    }

    fn rounding(&self) -> Rounding {
        self.rounding
    }
}

impl OpDef for Sub {
    const NAME: &'static str = "SUB";
    const TYPES: &'static [DType] = sum::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &sum::kernels(["sub_s8", "sub_s16", "sub"]);

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        sum::check(self, site)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        sum::eval(self, site, inputs)
    }
}
