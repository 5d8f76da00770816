//! `DEPTHWISE_CONV_2D` from TFLite.

use super::DepthwiseConv2d;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for DepthwiseConv2d {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::DepthwiseConv2d];

    /// The depth multiplier follows from the shapes; files may hold 0 or another number there.
    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::DepthwiseConv2DOptions(options) => Some(options),
            _ => None,
        })?;
        let stride = [options.stride_h()?, options.stride_w()?];
        let dilation = [options.dilation_h_factor()?, options.dilation_w_factor()?];
        let window = layer.window(options.padding()?, layer.plane(1)?, stride, dilation)?;
        let activation = activation(options.fused_activation_function()?)?;
        Ok(Imported::all(Self { window, activation, rounding: layer.rounding }))
    }
}
