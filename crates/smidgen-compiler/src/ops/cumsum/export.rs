//! `CUMSUM` to TFLite.

use super::Cumsum;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, CumsumOptions};

impl ToTflite for Cumsum {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = CumsumOptions { exclusive: self.exclusive, reverse: self.reverse };
        Layer::new(BuiltinOperator::Cumsum, site)
            .reading([Input::Operand(0), Input::number(self.axis)])
            .with(BuiltinOptions::CumsumOptions(Box::new(options)))
            .written()
    }
}
