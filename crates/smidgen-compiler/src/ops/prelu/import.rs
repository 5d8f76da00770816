//! `PRELU` from TFLite.

use super::Prelu;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Prelu {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Prelu];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}
