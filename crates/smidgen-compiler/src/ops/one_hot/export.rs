//! `ONE_HOT` to TFLite.

use super::OneHot;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, OneHotOptions};

impl ToTflite for OneHot {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let [on, off] = [Input::Operand(0), Input::Operand(1)];
        let options = OneHotOptions { axis: self.axis as i32 };
        Layer::new(BuiltinOperator::OneHot, site)
            .reading([Input::Operand(2), Input::number(self.depth), on, off])
            .with(BuiltinOptions::OneHotOptions(Box::new(options)))
            .written()
    }
}
