//! `DYNAMIC_UPDATE_SLICE` to TFLite.

use super::DynamicUpdateSlice;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for DynamicUpdateSlice {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = match (site.input(0).dtype, site.input(2).dtype) {
            (DType::I16, _) => 4,
            (_, DType::I64) => 2,
            _ => 1,
        };
        Layer::new(BuiltinOperator::DynamicUpdateSlice, site).version(version).written()
    }
}
