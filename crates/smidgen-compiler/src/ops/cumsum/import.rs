//! `CUMSUM` from TFLite.

use super::Cumsum;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Cumsum {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Cumsum];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::CumsumOptions(options) => Some(options),
            _ => None,
        })?;
        let axis = axis(layer.integer(1)?, layer.input(0)?.shape.rank())?;
        let (exclusive, reverse) = (options.exclusive()?, options.reverse()?);
        Ok(Imported::reading(Self { axis, exclusive, reverse }, [0]))
    }
}
