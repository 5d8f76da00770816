//! `BITCAST` from TFLite.

use super::Bitcast;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Bitcast {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Bitcast];
    const RAW: &'static [BuiltinOperator] = Self::BUILTIN;

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self { to: layer.output(0)?.dtype }))
    }
}
