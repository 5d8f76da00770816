//! `BITCAST` from TFLite and back.

use super::Bitcast;
use crate::ops::export::{self, ToTflite, Written};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Bitcast {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Bitcast];
    const RAW: &'static [BuiltinOperator] = Self::BUILTIN;

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { to: layer.output(0)?.dtype }))
    }
}

impl ToTflite for Bitcast {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        export::Layer::new(BuiltinOperator::Bitcast, site).written()
    }
}
