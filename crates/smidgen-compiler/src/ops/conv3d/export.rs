//! `CONV_3D` to TFLite.

use super::Conv3d;
use crate::ops::export::{Layer, ToTflite, Written, activation, is_padded, no_such_padding};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, Conv3DOptions, Padding};

impl ToTflite for Conv3d {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let (&[_, d, h, w, _], &[kd, kh, kw, ..]) =
            (site.input(0).shape.dims(), site.input(1).shape.dims())
        else {
            return Err(OpError::inconsistent("activations and filter must have 5 dimensions"));
        };
        let paddings = [Padding::Valid, Padding::Same];
        let padding = paddings.into_iter().find(|&word| {
            is_padded(&self.plane, word, [h, w], [kh, kw])
                && is_padded(&self.depth, word, [d, 1], [kd, 1])
        });
        let [plane, depth] = [&self.plane, &self.depth];
        let options = Conv3DOptions {
            padding: padding.ok_or_else(no_such_padding)?,
            stride_d: depth.stride[0] as i32,
            stride_h: plane.stride[0] as i32,
            stride_w: plane.stride[1] as i32,
            dilation_d_factor: depth.dilation[0] as i32,
            dilation_h_factor: plane.dilation[0] as i32,
            dilation_w_factor: plane.dilation[1] as i32,
            fused_activation_function: activation(self.activation),
        };
        Layer::new(BuiltinOperator::Conv3d, site)
            .with(BuiltinOptions::Conv3DOptions(Box::new(options)))
            .written()
    }
}
