//! `DYNAMIC_UPDATE_SLICE` from TFLite.

use super::DynamicUpdateSlice;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for DynamicUpdateSlice {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::DynamicUpdateSlice];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
