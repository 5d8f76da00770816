//! `ONE_HOT` from TFLite.

use super::OneHot;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for OneHot {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::OneHot];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let number = layer.options(|options| match options {
            BuiltinOptionsRef::OneHotOptions(options) => Some(options.axis()),
            _ => None,
        })??;
        let axis = axis(number.into(), layer.input(0)?.shape.rank() + 1)?;
        let depth = layer.integer(1)?;
        let depth = usize::try_from(depth).map_err(|_| {
            OpError::inconsistent(format!("the depth is {depth}, it must be at least 1"))
        })?;
        Ok(Imported::reading(Self { axis, depth }, [2, 3, 0]))
    }
}
