//! `CONV_3D` from TFLite.

use super::Conv3d;
use crate::ops::import::{FromTflite, Imported, Layer, activation, at_least_1};
use crate::ops::{OpError, Window};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use smidgen_schema::tflite::Padding;

impl FromTflite for Conv3d {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Conv3d];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::Conv3DOptions(options) => Some(options),
            _ => None,
        })?;
        let (&[_, d, h, w, _], &[kd, kh, kw, ..]) =
            (layer.input(0)?.shape.dims(), layer.input(1)?.shape.dims())
        else {
            return Err(OpError::inconsistent("activations and filter must have 5 dimensions"));
        };
        let stride = |value| at_least_1("stride", value);
        let dilation = |value| at_least_1("dilation", value);
        let strides = [[options.stride_d()?, 1], [options.stride_h()?, options.stride_w()?]];
        let dilations = [
            [options.dilation_d_factor()?, 1],
            [options.dilation_h_factor()?, options.dilation_w_factor()?],
        ];
        let padding = options.padding()?;
        let window = |axes: usize, image: [usize; 2], kernel: [usize; 2]| {
            let stride = [stride(strides[axes][0])?, stride(strides[axes][1])?];
            let dilation = [dilation(dilations[axes][0])?, dilation(dilations[axes][1])?];
            Ok::<_, OpError>(match padding {
                Padding::Same => Window::same(stride, dilation, image, kernel),
                Padding::Valid => Window::valid(stride, dilation),
            })
        };
        let activation = activation(options.fused_activation_function()?)?;
        let depth = window(0, [d, 1], [kd, 1])?;
        Ok(Imported::all(Self { depth, plane: window(1, [h, w], [kh, kw])?, activation }))
    }
}
