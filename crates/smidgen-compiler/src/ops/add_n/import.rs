//! `ADD_N` from TFLite.

use super::AddN;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for AddN {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::AddN];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
