//! `BROADCAST_ARGS` from TFLite and back.

use super::BroadcastArgs;
use crate::ops::export::{self, ToTflite, Written};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for BroadcastArgs {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::BroadcastArgs];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}

impl ToTflite for BroadcastArgs {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        export::Layer::new(BuiltinOperator::BroadcastArgs, site).written()
    }
}
