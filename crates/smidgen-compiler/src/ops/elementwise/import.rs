//! Functions of one element from TFLite.

use super::{Elementwise, Function};
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator as B, BuiltinOptionsRef as Options};
use crate::tensor::{DType, Rounding};

impl FromTflite for Elementwise {
    const BUILTIN: &'static [B] = &[
        B::Abs,
        B::Ceil,
        B::Cos,
        B::Elu,
        B::Exp,
        B::Floor,
        B::Gelu,
        B::HardSwish,
        B::LeakyRelu,
        B::Log,
        B::LogicalNot,
        B::Logistic,
        B::Neg,
        B::Relu,
        B::Relu0To1,
        B::Relu6,
        B::ReluN1To1,
        B::Round,
        B::Rsqrt,
        B::Sign,
        B::Sin,
        B::Sqrt,
        B::Square,
        B::Tanh,
    ];

    fn types(builtin: B) -> &'static [DType] {
        Function::of(builtin).map_or(&[], Function::types)
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let function = match Function::of(layer.builtin) {
            Some(Function::LeakyRelu { .. }) => Function::LeakyRelu { alpha: alpha(layer)? },
            Some(Function::Gelu { .. }) => Function::Gelu { approximate: approximate(layer)? },
            Some(function) => function,
            None => return Err(OpError::unsupported("is no function of one element")),
        };
        Ok(Imported::all(Self { function, rounding: rounding(layer, function)? }))
    }
}

fn alpha(layer: &Layer) -> Result<f32, OpError> {
    let options = layer.options(|options| match options {
        Options::LeakyReluOptions(options) => Some(options),
        _ => None,
    })?;
    Ok(options.alpha()?)
}

fn approximate(layer: &Layer) -> Result<bool, OpError> {
    let options = layer.options(|options| match options {
        Options::GeluOptions(options) => Some(options),
        _ => None,
    })?;
    Ok(options.approximate()?)
}

/// Whose results count: the profile's, but where TFLite Micro is no oracle.
fn rounding(layer: &Layer, function: Function) -> Result<Rounding, OpError> {
    let is_oracle = match function {
        // It ignores the output's quantisation.
        Function::Tanh if layer.output(0)?.dtype == DType::I8 => {
            layer.output(0)?.quant.whole().is_none_or(|quant| quant == (1.0 / 128.0, 0))
        }
        // It only clamps.
        Function::Relu6 => layer.input(0)?.quant == layer.output(0)?.quant,
        // It has none.
        Function::Relu0To1 | Function::ReluN1To1 => false,
        _ => true,
    };
    Ok(if is_oracle { layer.rounding } else { Rounding::Litert })
}
