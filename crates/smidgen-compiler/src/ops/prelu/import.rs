//! `PRELU` from TFLite and back.

use super::Prelu;
use crate::ops::export::{self, ToTflite, Written};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Prelu {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Prelu];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { rounding: layer.rounding }))
    }
}

impl ToTflite for Prelu {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        export::Layer::new(BuiltinOperator::Prelu, site).written()
    }
}
