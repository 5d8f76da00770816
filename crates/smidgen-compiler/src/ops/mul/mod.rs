//! `MUL`: the product of two tensors with broadcasting.
//!
//! Inputs: two tensors of int8, int16, int32, int64 or float32 whose shapes agree where neither is 1.
//! Output: their broadcast shape. int32 and int64 wrap.

pub(super) mod cases;
mod export;
mod import;
mod kernels;

use super::common::arithmetic::{Arithmetic, SOURCES};
use super::common::binary::{self, Scheme};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Multiplier, Rounding, Shape, TensorType};

/// Attributes of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Mul {
    /// Clamp of the output.
    pub activation: Activation,
    /// TFLite Micro computes the factor of quantised products in double precision, LiteRT in single,
    /// onnxruntime everything.
    pub rounding: Rounding,
}

const PLAIN: Arithmetic = Arithmetic {
    integer: i64::wrapping_mul,
    float: |a, b| a * b,
    functions: ["smidgen_mul_s32", "smidgen_mul_s64", "smidgen_mul_f32"],
    sources: SOURCES,
};

impl OpDef for Mul {
    const NAME: &'static str = "MUL";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        Product::check(self, site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let quantised = Product::eval(self, site, inputs);
        quantised.unwrap_or_else(|| PLAIN.eval(site, inputs, self.activation))
    }
}

/// A product of quantised numbers: exact, then brought to the output's scale.
#[derive(Debug, Clone, PartialEq)]
struct Product {
    zero_points: [i32; 2],
    real: f64,
    multiplier: Multiplier,
    /// Whether all is computed in single precision.
    is_single: bool,
    output_zero_point: i32,
    clamp: (i32, i32),
}

impl Scheme<Mul> for Product {
    fn new(op: &Mul, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let real = match op.rounding {
            Rounding::Tflm => f64::from(scale_a) * f64::from(scale_b) / f64::from(output_scale),
            Rounding::Litert | Rounding::Onnx => f64::from(scale_a * scale_b / output_scale),
        };
        let dtype = site.output(0).dtype;
        Ok(Self {
            zero_points: [zero_a, zero_b],
            real,
            multiplier: Multiplier::from_real(real),
            is_single: (op.rounding, dtype) == (Rounding::Onnx, DType::I8),
            output_zero_point,
            clamp: op.activation.clamp_integer(dtype, output_scale, output_zero_point),
        })
    }

    fn apply(&self, a: i32, b: i32) -> i32 {
        let [zero_a, zero_b] = self.zero_points;
        if self.is_single {
            let product = ((a - zero_a) * (b - zero_b)) as f32 * self.real as f32;
            let y = (product + self.output_zero_point as f32).round_ties_even();
            return (y as i32).clamp(self.clamp.0, self.clamp.1);
        }
        let product = self.multiplier.apply_twice_rounded((a - zero_a) * (b - zero_b));
        product.wrapping_add(self.output_zero_point).clamp(self.clamp.0, self.clamp.1)
    }
}
