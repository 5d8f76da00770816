//! `QUANTIZE` from TFLite.

use super::Quantize;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Quantize {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Quantize];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { to: layer.output(0)?.dtype, rounding: layer.rounding }))
    }
}
