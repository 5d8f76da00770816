//! `ARG_MAX` and `ARG_MIN` from TFLite.

use super::ArgMax;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for ArgMax {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::ArgMax, BuiltinOperator::ArgMin];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let axis = axis(layer.integer(1)?, layer.input(0)?.shape.rank())?;
        let least = layer.builtin == BuiltinOperator::ArgMin;
        // The output's type is that of the options in every model that converters write.
        let index = layer.output(0)?.dtype;
        Ok(Imported::reading(Self { axis, least, index }, [0]))
    }
}
