//! `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR` from TFLite.

use super::{BILINEAR_TYPES, Method, Resize};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpDef, OpError};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef, TensorType};
use crate::tensor::DType;

impl FromTflite for Resize {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::ResizeBilinear, BuiltinOperator::ResizeNearestNeighbor];

    fn types(builtin: BuiltinOperator) -> &'static [DType] {
        if builtin == BuiltinOperator::ResizeBilinear { BILINEAR_TYPES } else { Self::TYPES }
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let (method, align_corners, half_pixel_centers) = if layer.builtin
            == BuiltinOperator::ResizeBilinear
        {
            let options = layer.options(|options| match options {
                BuiltinOptionsRef::ResizeBilinearOptions(options) => Some(options),
                _ => None,
            })?;
            let input = layer.inputs.first().copied().flatten();
            let is_unsigned = input.is_some_and(|input| input.tensor.element == TensorType::Uint8);
            let method = if is_unsigned { Method::BilinearInFloat } else { Method::Bilinear };
            (method, options.align_corners()?, options.half_pixel_centers()?)
        } else {
            let options = layer.options(|options| match options {
                BuiltinOptionsRef::ResizeNearestNeighborOptions(options) => Some(options),
                _ => None,
            })?;
            (Method::Nearest, options.align_corners()?, options.half_pixel_centers()?)
        };
        let size = layer.integers(1)?;
        let size = <[i64; 2]>::try_from(size).map_err(|size| {
            let text = format!("the size must be rows and columns, not {} numbers", size.len());
            OpError::inconsistent(text)
        })?;
        let size = size.map(|side| usize::try_from(side).unwrap_or(0));
        let op = Self { method, size, align_corners, half_pixel_centers };
        Ok(Imported::reading(op, [0]))
    }
}
