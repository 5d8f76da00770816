//! `REVERSE_SEQUENCE` to TFLite.

use super::ReverseSequence;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};
use smidgen_schema::tflite::{BuiltinOptions, ReverseSequenceOptions};

impl ToTflite for ReverseSequence {
    /// TFLite knows uint8 and no int8.
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let ty = site.input(0);
        let options =
            ReverseSequenceOptions { seq_dim: self.sequence as i32, batch_dim: self.batch as i32 };
        Layer::new(BuiltinOperator::ReverseSequence, site)
            .with(BuiltinOptions::ReverseSequenceOptions(Box::new(options)))
            .in_uint8(ty.dtype == DType::I8 && ty.quant != Quant::None)
            .written()
    }
}
