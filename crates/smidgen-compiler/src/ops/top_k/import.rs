//! `TOPK_V2` from TFLite.

use super::TopK;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for TopK {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::TopkV2];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let number = layer.integer(1)?;
        let k = usize::try_from(number)
            .map_err(|_| OpError::inconsistent(format!("cannot select {number} elements")))?;
        Ok(Imported::reading(Self { k, index: layer.output(1)?.dtype }, [0]))
    }
}
