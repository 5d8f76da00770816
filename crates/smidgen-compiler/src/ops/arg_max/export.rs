//! `ARG_MAX` and `ARG_MIN` to TFLite.

use super::ArgMax;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type, element};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{ArgMaxOptions, ArgMinOptions, BuiltinOptions};

impl ToTflite for ArgMax {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let output_type = element(self.index);
        let (builtin, options) = if self.least {
            let options = Box::new(ArgMinOptions { output_type });
            (BuiltinOperator::ArgMin, BuiltinOptions::ArgMinOptions(options))
        } else {
            let options = Box::new(ArgMaxOptions { output_type });
            (BuiltinOperator::ArgMax, BuiltinOptions::ArgMaxOptions(options))
        };
        Layer::new(builtin, site)
            .reading([Input::Operand(0), Input::number(self.axis)])
            .with(options)
            .version(by_type(site, &[(DType::I8, 2)]))
            .written()
    }
}
