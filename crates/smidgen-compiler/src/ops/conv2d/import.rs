//! `CONV_2D` from TFLite.

use super::Conv2d;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Conv2d {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Conv2d];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::Conv2DOptions(options) => Some(options),
            _ => None,
        })?;
        let stride = [options.stride_h()?, options.stride_w()?];
        let dilation = [options.dilation_h_factor()?, options.dilation_w_factor()?];
        let window = layer.window(options.padding()?, layer.plane(1)?, stride, dilation)?;
        let activation = activation(options.fused_activation_function()?)?;
        Ok(Imported::all(Self { window, activation, rounding: layer.rounding }))
    }
}
