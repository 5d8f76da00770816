//! `STORE` comes from no model file.

use super::Store;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Store {
    const BUILTIN: &'static [BuiltinOperator] = &[];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
