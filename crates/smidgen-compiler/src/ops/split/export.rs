//! `SPLIT` and `SPLIT_V` to TFLite.

use super::Split;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, SplitOptions, SplitVOptions};

impl ToTflite for Split {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let num_splits = self.sizes.len() as i32;
        let axis = Input::number(self.axis);
        if self.sizes.iter().all(|size| *size == self.sizes[0]) {
            return Layer::new(BuiltinOperator::Split, site)
                .reading([axis, Input::Operand(0)])
                .with(BuiltinOptions::SplitOptions(Box::new(SplitOptions { num_splits })))
                .version(by_type(site, &[(DType::I8, 2), (DType::I32, 3), (DType::I16, 4)]))
                .written();
        }
        Layer::new(BuiltinOperator::SplitV, site)
            .reading([Input::Operand(0), Input::list(&self.sizes), axis])
            .with(BuiltinOptions::SplitVOptions(Box::new(SplitVOptions { num_splits })))
            .version(by_type(site, &[(DType::I8, 2)]))
            .written()
    }
}
