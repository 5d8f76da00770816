//! `UNPACK` to TFLite.

use super::Unpack;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, UnpackOptions};

impl ToTflite for Unpack {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = UnpackOptions { num: self.count as i32, axis: self.axis as i32 };
        let types = [(DType::I8, 2), (DType::U8, 2), (DType::Bool, 3), (DType::I16, 4)];
        Layer::new(BuiltinOperator::Unpack, site)
            .with(BuiltinOptions::UnpackOptions(Box::new(options)))
            .version(by_type(site, &types))
            .written()
    }
}
