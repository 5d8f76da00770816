//! `DEQUANTIZE` to TFLite.

use super::Dequantize;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};

impl ToTflite for Dequantize {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = match (&site.input(0).quant, site.input(0).dtype) {
            (Quant::PerAxis { .. }, _) => 5,
            (_, DType::I16) => 3,
            _ => 2,
        };
        Layer::new(BuiltinOperator::Dequantize, site).version(version).written()
    }
}
