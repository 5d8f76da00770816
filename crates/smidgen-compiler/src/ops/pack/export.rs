//! `PACK` to TFLite.

use super::Pack;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, PackOptions};

impl ToTflite for Pack {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let values_count = site.inputs.len() as i32;
        let options = PackOptions { values_count, axis: self.axis as i32 };
        Layer::new(BuiltinOperator::Pack, site)
            .with(BuiltinOptions::PackOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, 3)]))
            .written()
    }
}
