//! `RANGE` to TFLite.

use super::Range;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for Range {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = by_type(site, &[(DType::I64, 2)]);
        Layer::new(BuiltinOperator::Range, site).version(version).written()
    }
}
