//! `FILL` and `ZEROS_LIKE` to TFLite.

use super::Fill;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for Fill {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        if self.zeros {
            return Layer::new(BuiltinOperator::ZerosLike, site).written();
        }
        Layer::new(BuiltinOperator::Fill, site)
            .reading([Input::list(self.shape.dims()), Input::Operand(0)])
            .version(by_type(site, &[(DType::I8, 3), (DType::I16, 3), (DType::Bool, 2)]))
            .written()
    }
}
