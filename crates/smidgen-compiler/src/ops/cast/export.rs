//! `CAST` to TFLite.

use super::Cast;
use crate::ops::export::{Layer, ToTflite, Written, element};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, CastOptions};

impl ToTflite for Cast {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let from = site.input(0).dtype;
        let options = CastOptions { in_data_type: element(from), out_data_type: element(self.to) };
        let has_int8 = [from, self.to].contains(&DType::I8);
        Layer::new(BuiltinOperator::Cast, site)
            .with(BuiltinOptions::CastOptions(Box::new(options)))
            .version(if has_int8 { 3 } else { 1 })
            .written()
    }
}
