//! `MUL`: the product of two tensors with broadcasting.
//!
//! Inputs: two tensors of int8, int32 or float32 whose shapes agree where neither is 1. Output: their
//! broadcast shape. int32 wraps.

pub(super) mod cases;
mod import;
mod kernels;

use super::common::{binary, float_math};
use super::requantisation::Requantisation;
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Multiplier, Rounding, Shape, TensorType};

/// Attributes of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Mul {
    /// Clamp of the output.
    pub activation: Activation,
    /// TFLite Micro computes the factor of int8 products in double precision, LiteRT in single.
    pub rounding: Rounding,
}

impl OpDef for Mul {
    const NAME: &'static str = "MUL";
    const TYPES: &'static [DType] = &[DType::I8, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        match site.same_dtype(&[DType::I8, DType::I32, DType::F32])? {
            DType::I8 => Product::new(self, site).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        match site.input(0).dtype {
            DType::I8 => {
                let product = Product::new(self, site).expect("the site has been checked");
                binary::eval(site, inputs, |a, b| product.apply(a, b))
            }
            DType::I32 => {
                let (low, high) = binary::clamp_i32(self.activation);
                binary::eval(site, inputs, |a: i32, b| a.wrapping_mul(b).clamp(low, high))
            }
            _ => {
                let (low, high) = self.activation.clamp_f32();
                let product = |a: f32, b: f32| float_math::clamp(a * b, low, high);
                binary::eval(site, inputs, product)
            }
        }
    }
}

/// A product of int8 numbers: exact, then brought to the output's scale.
#[derive(Debug, Clone, PartialEq)]
struct Product {
    zero_points: [i32; 2],
    output: Requantisation,
}

impl Product {
    fn new(op: &Mul, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let real = match op.rounding {
            Rounding::Tflm => f64::from(scale_a) * f64::from(scale_b) / f64::from(output_scale),
            Rounding::Litert => f64::from(scale_a * scale_b / output_scale),
        };
        let output = Requantisation {
            input_zero_point: 0,
            output_zero_point,
            multipliers: vec![Multiplier::from_real(real)],
            reals: vec![real],
            clamp: op.activation.clamp_i8(output_scale, output_zero_point),
            rounding: Rounding::Tflm,
        };
        Ok(Self { zero_points: [zero_a, zero_b], output })
    }

    fn apply(&self, a: i8, b: i8) -> i8 {
        let [zero_a, zero_b] = self.zero_points;
        self.output.apply(0, (i32::from(a) - zero_a) * (i32::from(b) - zero_b))
    }
}
