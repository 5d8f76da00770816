//! `LOGISTIC` from TFLite.

use super::Logistic;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Logistic {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Logistic];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}
