//! `TANH`: the hyperbolic tangent.
//!
//! Input: a tensor of int8 or float32. Output: the same shape; TFLite Micro
//! takes the scale of an int8 output for 1/128 and its zero point for 0, whatever the model says.

pub(super) mod cases;
mod import;

use super::common::table::{self, Activation};
use super::common::{fixed_math, float_math, unary};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a hyperbolic tangent.
#[derive(Debug, Clone, PartialEq)]
pub struct Tanh {
    /// TFLite Micro computes int8 results in fixed point, LiteRT in float.
    pub rounding: Rounding,
}

const ACTIVATION: Activation = Activation {
    float: float_math::tanh,
    precise: |x| {
        let e = table::exp(2.0 * f64::from(x));
        ((e - 1.0) / (e + 1.0)) as f32
    },
    fixed: fixed_math::tanh,
    output: (7, 0),
    function: "smidgen_tanh_f32",
};

impl OpDef for Tanh {
    const NAME: &'static str = "TANH";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "tanh_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |op, site| ACTIVATION.lower_s8(site, op.rounding),
        },
        Kernel {
            name: "tanh_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: |_, site| ACTIVATION.lower_f32(site),
        },
    ];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        ACTIVATION.check(site, false)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        ACTIVATION.eval(site, inputs, self.rounding)
    }
}
