//! `L2_NORMALIZATION` to TFLite.

use super::L2Normalization;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::BuiltinOptions;

impl ToTflite for L2Normalization {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let in_uint8 = self.widen_first && site.input(0).dtype == DType::I8;
        let signed = if in_uint8 { 1 } else { 2 };
        Layer::new(BuiltinOperator::L2Normalization, site)
            .with(BuiltinOptions::L2NormOptions(Box::default()))
            .version(by_type(site, &[(DType::I8, signed)]))
            .in_uint8(in_uint8)
            .written()
    }
}
