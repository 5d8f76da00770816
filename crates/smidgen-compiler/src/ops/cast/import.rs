//! `CAST` from TFLite.

use super::Cast;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Cast {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Cast];
    const RAW: &'static [BuiltinOperator] = Self::BUILTIN;

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        // TFLite's kernels go by the tensors' types, not by the options.
        let to = layer.output(0)?.dtype;
        Ok(Imported::all(Self { to, rounding: layer.rounding }))
    }
}
