//! `WHERE` from TFLite.

use super::{Where, computed, count};
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Where {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Where];
    const RAW: &'static [BuiltinOperator] = Self::BUILTIN;

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let condition = layer.constant(0)?.ok_or_else(computed)?;
        Ok(Imported::reading(Self { count: count(&condition) }, [0]))
    }
}
