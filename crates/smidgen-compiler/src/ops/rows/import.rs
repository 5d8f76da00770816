//! `ROWS` comes from no model file.

use super::Rows;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Rows {
    const BUILTIN: &'static [BuiltinOperator] = &[];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Err(OpError::unsupported("no layer is a group of operators"))
    }
}
