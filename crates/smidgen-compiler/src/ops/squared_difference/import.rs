//! `SQUARED_DIFFERENCE` from TFLite.

use super::SquaredDifference;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for SquaredDifference {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::SquaredDifference];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
