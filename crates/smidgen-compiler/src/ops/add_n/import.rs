//! `ADD_N` from TFLite and back.

use super::AddN;
use crate::ops::export::{self, ToTflite, Written};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for AddN {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::AddN];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}

impl ToTflite for AddN {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        export::Layer::new(BuiltinOperator::AddN, site).written()
    }
}
