//! `SQUARED_DIFFERENCE` to TFLite.

use super::SquaredDifference;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for SquaredDifference {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = by_type(site, &[(DType::I8, 2)]);
        Layer::new(BuiltinOperator::SquaredDifference, site).version(version).written()
    }
}
