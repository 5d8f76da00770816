//! `TRANSPOSE_CONV` from TFLite.

use super::TransposeConv;
use crate::ops::import::{FromTflite, Imported, Layer, activation, at_least_1};
use crate::ops::{OpError, Window};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use smidgen_schema::tflite::Padding;

impl FromTflite for TransposeConv {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::TransposeConv];

    /// Input 0 is the output's shape, 1 the filter, 2 the activations, 3 the bias.
    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::TransposeConvOptions(options) => Some(options),
            _ => None,
        })?;
        let stride = [
            at_least_1("stride", options.stride_h()?)?,
            at_least_1("stride", options.stride_w()?)?,
        ];
        let shape = layer.integers(0)?;
        let size = match *shape {
            [_, rows, columns, _] => [rows, columns],
            _ => {
                return Err(OpError::inconsistent(format!(
                    "the output's shape must have 4 dimensions, not {}",
                    shape.len()
                )));
            }
        };
        let size = size.map(|dim| usize::try_from(dim).unwrap_or(0));
        let window = match options.padding()? {
            Padding::Same => Window::same(stride, [1, 1], size, layer.plane(1)?),
            Padding::Valid => Window::valid(stride, [1, 1]),
        };
        let activation = activation(options.fused_activation_function()?)?;
        let bias = layer.inputs.get(3).is_some_and(Option::is_some);
        let operands = if bias { vec![2, 1, 3] } else { vec![2, 1] };
        Ok(Imported::reading(Self { window, size, activation }, operands))
    }
}
