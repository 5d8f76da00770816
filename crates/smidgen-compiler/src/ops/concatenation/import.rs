//! `CONCATENATION` from TFLite.

use super::Concatenation;
use crate::ops::import::{FromTflite, Imported, Layer, activation, axis};
use crate::ops::{Activation, OpError};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Concatenation {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Concatenation];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::ConcatenationOptions(options) => Some(options),
            _ => None,
        })?;
        if activation(options.fused_activation_function()?)? != Activation::None {
            return Err(OpError::unsupported("a fused activation after joining is not supported")
                .hint("TFLite refuses it, too; use a layer of its own for the activation"));
        }
        let axis = axis(options.axis()?.into(), layer.input(0)?.shape.rank())?;
        Ok(Imported::reading(Self { axis }, layer.all_inputs()?))
    }
}
