//! `REVERSE_SEQUENCE` from TFLite.

use super::ReverseSequence;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::DType;

impl FromTflite for ReverseSequence {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::ReverseSequence];

    /// TFLite knows uint8 and no int8; quantised uint8 is int8 here.
    fn types(_: BuiltinOperator) -> &'static [DType] {
        &[DType::I16, DType::I32, DType::I64, DType::F32, DType::U8]
    }

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
