//! `TRANSPOSE_CONV` to TFLite.

use super::TransposeConv;
use crate::ops::export::{
    Input, Layer, ToTflite, Written, activation, bias_type, has_zero_point, no_such_padding,
    padding,
};
use crate::ops::{Activation, OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, TensorType, TransposeConvOptions};

impl ToTflite for TransposeConv {
    /// Input 0 is the output's shape, 1 the filter, 2 the activations, 3 the bias.
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let [_, rows, columns, _] = *site.input(1).shape.dims() else {
            return Err(OpError::inconsistent("the filter must have 4 dimensions"));
        };
        let word = padding(&self.window, self.size, [rows, columns]);
        let mut inputs = vec![Input::list(site.output(0).shape.dims())];
        inputs.extend(Input::operands([1, 0]));
        inputs.extend(Input::operands(2..site.inputs.len()));
        let options = TransposeConvOptions {
            padding: word.ok_or_else(no_such_padding)?,
            stride_h: self.window.stride[0] as i32,
            stride_w: self.window.stride[1] as i32,
            fused_activation_function: activation(self.activation),
            quantized_bias_type: bias_type(site, 2),
        };
        let version = match options.quantized_bias_type {
            TensorType::Int32 => 5,
            _ if self.activation != Activation::None => 4,
            _ if site.inputs.len() > 2 => 3,
            _ if site.input(1).dtype == DType::I8 && !has_zero_point(site.input(1)) => 2,
            _ => 1,
        };
        Layer::new(BuiltinOperator::TransposeConv, site)
            .reading(inputs)
            .with(BuiltinOptions::TransposeConvOptions(Box::new(options)))
            .version(version)
            .in_uint8(has_zero_point(site.input(1)))
            .written()
    }
}
