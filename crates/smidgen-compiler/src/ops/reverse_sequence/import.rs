//! `REVERSE_SEQUENCE` from TFLite.

use super::ReverseSequence;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for ReverseSequence {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::ReverseSequence];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::ReverseSequenceOptions(options) => Some(options),
            _ => None,
        })?;
        let rank = layer.input(0)?.shape.rank();
        let sequence = axis(options.seq_dim()?.into(), rank)?;
        let batch = axis(options.batch_dim()?.into(), rank)?;
        Ok(Imported::all(Self { sequence, batch }))
    }
}
