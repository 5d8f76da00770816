//! `L2_NORMALIZATION` from TFLite.

use super::L2Normalization;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::ops::{Activation, OpError};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for L2Normalization {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::L2Normalization];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::L2NormOptions(options) => Some(options),
            _ => None,
        })?;
        if activation(options.fused_activation_function()?)? != Activation::None {
            let text = "a fused activation is not supported";
            return Err(OpError::unsupported(text).hint("use a layer of its own for it"));
        }
        Ok(Imported::all(Self { widen_first: layer.was_uint8(0) }))
    }
}
