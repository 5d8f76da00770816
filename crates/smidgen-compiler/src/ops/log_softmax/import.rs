//! `LOG_SOFTMAX` from TFLite.

use super::LogSoftmax;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for LogSoftmax {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::LogSoftmax];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
