//! `BATCH_MATMUL` from TFLite.

use super::BatchMatmul;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for BatchMatmul {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::BatchMatmul];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::BatchMatMulOptions(options) => Some(options),
            _ => None,
        })?;
        let swapped = [options.adj_x()?, options.adj_y()?];
        Ok(Imported::all(Self { swapped, rounding: layer.rounding }))
    }
}
