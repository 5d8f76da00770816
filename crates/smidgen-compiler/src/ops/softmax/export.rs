//! `SOFTMAX` to TFLite.

use super::Softmax;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, SoftmaxOptions};

impl ToTflite for Softmax {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = SoftmaxOptions { beta: self.beta };
        Layer::new(BuiltinOperator::Softmax, site)
            .with(BuiltinOptions::SoftmaxOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, 3)]))
            .written()
    }
}
