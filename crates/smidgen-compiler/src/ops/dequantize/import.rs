//! `DEQUANTIZE` from TFLite.

use super::Dequantize;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Dequantize {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Dequantize];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
