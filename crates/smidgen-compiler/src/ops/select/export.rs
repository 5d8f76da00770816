//! `SELECT` and `SELECT_V2` to TFLite.

use super::Select;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl ToTflite for Select {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let builtin = if self.slices { BuiltinOperator::Select } else { BuiltinOperator::SelectV2 };
        Layer::new(builtin, site).reading(Input::operands([2, 0, 1])).written()
    }
}
