//! `REBIAS` to TFLite: a `QUANTIZE` between the two types of 8 bits.

use super::Rebias;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl ToTflite for Rebias {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        Layer::new(BuiltinOperator::Quantize, site).written()
    }
}
