//! Pools from TFLite.

use super::{Function, Pool2d};
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation, at_least_1};
use crate::reader::tflite::{BuiltinOperator as B, BuiltinOptionsRef};
use crate::tensor::DType;

impl FromTflite for Pool2d {
    const BUILTIN: &'static [B] = &[B::AveragePool2d, B::MaxPool2d, B::L2Pool2d];

    fn types(builtin: B) -> &'static [DType] {
        function(builtin).types()
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::Pool2DOptions(options) => Some(options),
            _ => None,
        })?;
        let kernel = [
            at_least_1("window height", options.filter_height()?)?,
            at_least_1("window width", options.filter_width()?)?,
        ];
        let stride = [options.stride_h()?, options.stride_w()?];
        let window = layer.window(options.padding()?, kernel, stride, [1, 1])?;
        let activation = activation(options.fused_activation_function()?)?;
        let function = match function(layer.builtin) {
            Function::Average if layer.was_uint8(0) => Function::AverageUp,
            other => other,
        };
        Ok(Imported::all(Self { function, kernel, window, activation }))
    }
}

fn function(builtin: B) -> Function {
    match builtin {
        B::MaxPool2d => Function::Max,
        B::L2Pool2d => Function::L2,
        _ => Function::Average,
    }
}
