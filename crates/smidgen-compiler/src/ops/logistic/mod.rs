//! `LOGISTIC`: the logistic function, `1 / (1 + e^-x)`.
//!
//! Input: a tensor of int8 or float32. Output: the same shape; int8 has scale 1/256 and
//! zero point -128.

pub(super) mod cases;
mod import;

use super::common::table::{self, Activation};
use super::common::{fixed_math, float_math, unary};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a logistic function.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// TFLite Micro computes int8 results in fixed point, LiteRT in float.
    pub rounding: Rounding,
}

const ACTIVATION: Activation = Activation {
    float: float_math::logistic,
    precise: |x| 1.0 / (1.0 + table::exp(f64::from(-x)) as f32),
    fixed: fixed_math::logistic,
    output: (8, -128),
    function: "smidgen_logistic_f32",
};

impl OpDef for Logistic {
    const NAME: &'static str = "LOGISTIC";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "logistic_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |op, site| ACTIVATION.lower_s8(site, op.rounding),
        },
        Kernel {
            name: "logistic_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: |_, site| ACTIVATION.lower_f32(site),
        },
    ];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        ACTIVATION.check(site, true)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        ACTIVATION.eval(site, inputs, self.rounding)
    }
}
