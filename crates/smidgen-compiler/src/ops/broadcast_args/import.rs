//! `BROADCAST_ARGS` from TFLite.

use super::BroadcastArgs;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for BroadcastArgs {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::BroadcastArgs];

    fn from_tflite(_: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self))
    }
}
