//! `DEPTHWISE_CONV_2D` to TFLite.

use super::DepthwiseConv2d;
use crate::ops::export::{
    Input, Layer, ToTflite, Written, activation, by_type, has_zero_point, windowed,
};
use crate::ops::pad::zero;
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, DepthwiseConv2DOptions};

impl ToTflite for DepthwiseConv2d {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let [_, rows, columns, channels] = *site.input(1).shape.dims() else {
            return Err(OpError::inconsistent("the filter must have 4 dimensions"));
        };
        let zero = zero(site.input(0))?;
        let (padding, image) = windowed(site, &self.window, [rows, columns], Some(&zero))?;
        let mut inputs = Input::operands(0..site.inputs.len());
        inputs[0] = image;
        let [stride, dilation] = [self.window.stride, self.window.dilation];
        let options = DepthwiseConv2DOptions {
            padding,
            stride_h: stride[0] as i32,
            stride_w: stride[1] as i32,
            depth_multiplier: (channels / site.input(0).shape.last()) as i32,
            dilation_h_factor: dilation[0] as i32,
            dilation_w_factor: dilation[1] as i32,
            fused_activation_function: activation(self.activation),
        };
        let float = if dilation == [1, 1] { 1 } else { 2 };
        let signed = if has_zero_point(site.input(1)) { float } else { 3 };
        let version = by_type(site, &[(DType::F32, float), (DType::I8, signed), (DType::I16, 5)]);
        Layer::new(BuiltinOperator::DepthwiseConv2d, site)
            .reading(inputs)
            .with(BuiltinOptions::DepthwiseConv2DOptions(Box::new(options)))
            .version(version)
            .in_uint8(has_zero_point(site.input(1)))
            .written()
    }
}
