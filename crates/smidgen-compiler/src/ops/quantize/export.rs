//! `QUANTIZE` to TFLite.

use super::Quantize;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};

impl ToTflite for Quantize {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = match (&site.output(0).quant, self.to) {
            (Quant::PerAxis { .. }, _) => 3,
            (_, DType::I16) => 2,
            _ => 1,
        };
        Layer::new(BuiltinOperator::Quantize, site).version(version).written()
    }
}
