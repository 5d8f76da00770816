//! `WHERE` to TFLite.

use super::Where;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for Where {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = if site.input(0).dtype == DType::Bool { 1 } else { 2 };
        Layer::new(BuiltinOperator::Where, site).version(version).written()
    }
}
