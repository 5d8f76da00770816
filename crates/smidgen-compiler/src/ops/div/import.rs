//! `DIV` from TFLite.

use super::Div;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Div {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Div];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::DivOptions(options) => Some(options),
            _ => None,
        })?;
        let activation = activation(options.fused_activation_function()?)?;
        Ok(Imported::all(Self { activation, rounding: layer.rounding }))
    }
}
