//! `CONV_2D` to TFLite.

use super::Conv2d;
use crate::ops::export::{
    Input, Layer, ToTflite, Written, activation, bias_type, by_type, has_zero_point, windowed,
};
use crate::ops::pad::zero;
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data, Quant, Shape, TensorType};
use smidgen_schema::tflite::{self, BuiltinOptions, Conv2DOptions};

impl ToTflite for Conv2d {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let [_, rows, columns, depth] = *site.input(1).shape.dims() else {
            return Err(OpError::inconsistent("the filter must have 4 dimensions"));
        };
        let zero = zero(site.input(0))?;
        let (padding, image) = windowed(site, &self.window, [rows, columns], Some(&zero))?;
        let mut inputs = Input::operands(0..site.inputs.len());
        inputs[0] = image;
        if inputs.len() == 2 {
            inputs.push(zeros(site));
        }
        let [stride, dilation] = [self.window.stride, self.window.dilation];
        let options = Conv2DOptions {
            padding,
            stride_h: stride[0] as i32,
            stride_w: stride[1] as i32,
            dilation_h_factor: dilation[0] as i32,
            dilation_w_factor: dilation[1] as i32,
            fused_activation_function: activation(self.activation),
            quantized_bias_type: bias_type(site, 2),
        };
        let signed = if has_zero_point(site.input(1)) { 1 } else { 3 };
        let by_type = by_type(site, &[(DType::I8, signed), (DType::I16, 4)]);
        let version = match options.quantized_bias_type {
            tflite::TensorType::Int32 => 8,
            _ if site.input(0).shape.last() != depth => 6,
            _ => by_type,
        };
        Layer::new(BuiltinOperator::Conv2d, site)
            .reading(inputs)
            .with(BuiltinOptions::Conv2DOptions(Box::new(options)))
            .version(version)
            .in_uint8(has_zero_point(site.input(1)))
            .written()
    }
}

/// Biases that change nothing: LiteRT takes no convolution without any.
fn zeros(site: &Site) -> Input {
    let (input, filter) = (site.input(0), site.input(1));
    let dtype = match input.dtype {
        DType::F32 => DType::F32,
        DType::I16 => DType::I64,
        _ => DType::I32,
    };
    let quant = match (&input.quant, &filter.quant) {
        (Quant::PerTensor { scale, .. }, Quant::PerTensor { scale: weights, .. }) => {
            Quant::per_tensor(scale * weights, 0).unwrap_or(Quant::None)
        }
        (Quant::PerTensor { scale, .. }, Quant::PerAxis { scales, .. }) => {
            let scales = scales.iter().map(|weights| scale * weights).collect();
            Quant::per_axis(0, scales).unwrap_or(Quant::None)
        }
        _ => Quant::None,
    };
    let channels = filter.shape[0];
    let shape = Shape::new([channels]).expect("the filter has as many channels");
    Input::Constant(TensorType { dtype, shape, quant }, Data::zeros(dtype, channels))
}
