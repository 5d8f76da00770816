//! `TOPK_V2` to TFLite.

use super::TopK;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for TopK {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let by_type = by_type(site, &[(DType::I8, 2), (DType::I16, 3)]);
        Layer::new(BuiltinOperator::TopkV2, site)
            .reading([Input::Operand(0), Input::number(self.k)])
            .version(if self.index == DType::I16 { 3 } else { by_type })
            .written()
    }
}
