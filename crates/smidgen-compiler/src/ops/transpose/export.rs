//! `TRANSPOSE` to TFLite.

use super::Transpose;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for Transpose {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let by_type = by_type(site, &[(DType::I8, 2), (DType::Bool, 3), (DType::I16, 5)]);
        let by_rank = match site.input(0).shape.rank() {
            0..=4 => 1,
            5 => 4,
            _ => 6,
        };
        Layer::new(BuiltinOperator::Transpose, site)
            .reading([Input::Operand(0), Input::list(&self.permutation)])
            .version(by_type.max(by_rank))
            .written()
    }
}
