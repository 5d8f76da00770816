//! `TANH` from TFLite.

use super::Tanh;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Tanh {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Tanh];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}
