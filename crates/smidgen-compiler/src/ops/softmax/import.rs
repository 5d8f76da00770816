//! `SOFTMAX` from TFLite.

use super::Softmax;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Softmax {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Softmax];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::SoftmaxOptions(options) => Some(options),
            _ => None,
        })?;
        Ok(Imported::all(Self { beta: options.beta()?, rounding: layer.rounding }))
    }
}
