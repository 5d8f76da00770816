//! `RELU` from TFLite.

use super::Relu;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Relu {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Relu];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}
