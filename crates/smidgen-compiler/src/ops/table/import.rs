//! `TABLE` comes from no model file.

use super::Lookup;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Lookup {
    const BUILTIN: &'static [BuiltinOperator] = &[];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Err(OpError::unsupported("no layer is a table"))
    }
}
