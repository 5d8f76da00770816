//! `QUANTIZE`: brings a tensor to an int8 scale and zero point.
//!
//! Input: a tensor of float32, or of int8 with another quantisation. Output: int8 of the same shape.

pub(super) mod cases;
mod import;

use super::common::linear::Ideal;
use super::common::{COMMON, requantise, unary};
use super::{Arg, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A quantisation; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantize;

const QUANTIZE: Source = Source { file: "smidgen_quantize.h", text: include_str!("quantize.h") };

/// Bounds of int8.
const CLAMP: (i32, i32) = (-128, 127);

impl OpDef for Quantize {
    const NAME: &'static str = "QUANTIZE";
    const TYPES: &'static [DType] = &[DType::F32, DType::I8];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "quantize_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: lower_s8,
        },
        Kernel {
            name: "quantize_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: lower_f32,
        },
    ];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, Some(DType::I8))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.output_quant(0)?;
        match site.input(0).dtype {
            DType::F32 => Ok(()),
            DType::I8 => site.input_quant(0).map(|_| ()),
            other => Err(OpError::unsupported(format!("cannot quantise elements of `{other}`"))),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        if site.input(0).dtype == DType::I8 {
            let (f, _) = int8_function(site);
            return unary::eval_s8(inputs[0], f);
        }
        let (scale, zero_point) = quant(site);
        let quantise = |&x: &f32| {
            // Clamped first, so that the addition cannot overflow.
            let steps = (x / scale).clamp(-512.0, 512.0).round() as i32;
            (steps + zero_point).clamp(CLAMP.0, CLAMP.1) as i8
        };
        vec![Data::I8(inputs[0].get::<f32>().iter().map(quantise).collect())]
    }
}

fn int8_function(site: &Site) -> (impl Fn(i8) -> i8, Ideal) {
    let (from, _) = site.input_quant(0).expect("the site's quantisation has been checked");
    let (to, _) = quant(site);
    requantise::function(site, f64::from(from) / f64::from(to), CLAMP)
}

fn quant(site: &Site) -> (f32, i32) {
    site.output_quant(0).expect("the site's quantisation has been checked")
}

fn lower_s8(_: &Quantize, site: &Site) -> Lowering {
    let (f, ideal) = int8_function(site);
    unary::lower_s8(site, 0, Some(&ideal), f)
}

fn lower_f32(_: &Quantize, site: &Site) -> Lowering {
    let (scale, zero_point) = quant(site);
    let parameters = [("scale", Arg::Float(scale)), ("zero_point", Arg::Int(zero_point))];
    unary::lower(site, 0, vec![COMMON, QUANTIZE], "smidgen_quantize_f32", &parameters)
}
