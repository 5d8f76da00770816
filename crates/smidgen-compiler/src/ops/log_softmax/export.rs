//! `LOG_SOFTMAX` to TFLite.

use super::LogSoftmax;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for LogSoftmax {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = by_type(site, &[(DType::I8, 2)]);
        Layer::new(BuiltinOperator::LogSoftmax, site).version(version).written()
    }
}
