//! `SELECT` and `SELECT_V2` from TFLite.

use super::Select;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Select {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Select, BuiltinOperator::SelectV2];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let is_list = layer.input(0)?.shape.rank() == 1 && layer.input(1)?.shape.rank() > 1;
        let slices = layer.builtin == BuiltinOperator::Select && is_list;
        Ok(Imported::reading(Self { slices }, [1, 2, 0]))
    }
}
