//! `CONCATENATION` to TFLite.

use super::Concatenation;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, ConcatenationOptions};

impl ToTflite for Concatenation {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = ConcatenationOptions { axis: self.axis as i32, ..Default::default() };
        Layer::new(BuiltinOperator::Concatenation, site)
            .with(BuiltinOptions::ConcatenationOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, 3)]))
            .written()
    }
}
