//! `RELU6` from TFLite.

use super::Relu6;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Relu6 {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Relu6];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}
