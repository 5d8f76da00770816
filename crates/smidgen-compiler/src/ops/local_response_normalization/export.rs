//! `LOCAL_RESPONSE_NORMALIZATION` to TFLite.

use super::LocalResponseNormalization;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, LocalResponseNormalizationOptions};

impl ToTflite for LocalResponseNormalization {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let Self { radius, bias, alpha, beta } = *self;
        let options =
            LocalResponseNormalizationOptions { radius: radius as i32, bias, alpha, beta };
        let options = BuiltinOptions::LocalResponseNormalizationOptions(Box::new(options));
        Layer::new(BuiltinOperator::LocalResponseNormalization, site).with(options).written()
    }
}
