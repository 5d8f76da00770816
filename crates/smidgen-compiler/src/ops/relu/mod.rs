//! `RELU`: the greater of each element and 0.
//!
//! Input: a tensor of int8 or float32. Output: the same shape; int8 may have another scale.

pub(super) mod cases;
mod import;

use super::common::{COMMON, float_math, linear::Ideal, requantise, unary};
use super::{Activation, Arg, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a rectifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Relu {
    /// TFLite Micro divides the scales in double precision, LiteRT in single.
    pub rounding: Rounding,
}

impl OpDef for Relu {
    const NAME: &'static str = "RELU";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "relu_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |op, site| lower_s8(site, Activation::Relu, op.rounding),
        },
        Kernel {
            name: "relu_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: |_, site| lower_f32(site, Activation::Relu),
        },
    ];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        check(site)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval(site, inputs, Activation::Relu, self.rounding)
    }
}

const CLAMP: Source = Source { file: "smidgen_clamp_f32.h", text: include_str!("clamp_f32.h") };

/// Checks the operands of an activation that stands alone.
pub(super) fn check(site: &Site) -> Result<(), OpError> {
    match site.same_dtype(&[DType::I8, DType::F32])? {
        DType::I8 => site.input_quant(0).and(site.output_quant(0)).map(|_| ()),
        _ => Ok(()),
    }
}

/// The reference of an activation that stands alone.
pub(super) fn eval(
    site: &Site,
    inputs: &[&Data],
    activation: Activation,
    rounding: Rounding,
) -> Vec<Data> {
    if site.input(0).dtype == DType::I8 {
        return unary::eval_s8(inputs[0], function(site, activation, rounding).0);
    }
    let (low, high) = bounds_f32(activation);
    unary::eval_f32(inputs[0], |x| float_math::clamp(x, low, high))
}

/// Code for int8.
pub(super) fn lower_s8(site: &Site, activation: Activation, rounding: Rounding) -> Lowering {
    let (f, ideal) = function(site, activation, rounding);
    unary::lower_s8(site, 0, Some(&ideal), f)
}

/// Code for floats.
pub(super) fn lower_f32(site: &Site, activation: Activation) -> Lowering {
    let (low, high) = bounds_f32(activation);
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    unary::lower(site, 0, vec![COMMON, CLAMP], "smidgen_clamp_array_f32", &bounds)
}

/// Bounds of a float; unlike a fused activation, it lets infinity pass.
fn bounds_f32(activation: Activation) -> (f32, f32) {
    let (low, high) = activation.bounds();
    (low.unwrap_or(f32::NEG_INFINITY), high.unwrap_or(f32::INFINITY))
}

fn function(site: &Site, activation: Activation, rounding: Rounding) -> (impl Fn(i8) -> i8, Ideal) {
    let checked = "the site's quantisation has been checked";
    let (from, _) = site.input_quant(0).expect(checked);
    let (to, zero_point) = site.output_quant(0).expect(checked);
    let real = match rounding {
        Rounding::Tflm => f64::from(from) / f64::from(to),
        Rounding::Litert => f64::from(from / to),
    };
    requantise::function(site, real, activation.clamp_i8(to, zero_point))
}
