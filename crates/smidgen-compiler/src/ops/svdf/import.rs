//! `SVDF` from TFLite.

use super::Svdf;
use crate::ops::common::sequence::Nonlinearity;
use crate::ops::import::{FromTflite, Imported, Layer, at_least_1};
use crate::ops::{Activation, OpError};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::{DType, Rounding};

/// Position of the biases among the layer's inputs.
const BIAS: usize = 3;
/// Position of the state.
const STATE: usize = 4;

impl FromTflite for Svdf {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Svdf];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::SvdfOptions(options) => Some(options),
            _ => None,
        })?;
        let rank = at_least_1("rank", options.rank()?)?;
        let activation = Nonlinearity::from_tflite(options.fused_activation_function()?)?;
        let bias = layer.inputs.get(BIAS).is_some_and(Option::is_some);
        // LiteRT has neither int8 states nor layers without RELU, TFLite Micro none without biases.
        let rounding = match layer.input(STATE)?.dtype {
            _ if !bias => Rounding::Litert,
            DType::I8 => Rounding::Tflm,
            _ if activation != Nonlinearity::Clamp(Activation::Relu) => Rounding::Tflm,
            _ => layer.rounding,
        };
        let operands = (0..=STATE).filter(|&input| input != BIAS || bias).collect::<Vec<_>>();
        Ok(Imported::reading(Self { rank, activation, bias, rounding }, operands))
    }
}
