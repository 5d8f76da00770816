//! `UNPACK` from TFLite.

use super::Unpack;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Unpack {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Unpack];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::UnpackOptions(options) => Some(options),
            _ => None,
        })?;
        let (stored, count) = (options.num()?, layer.outputs.len());
        if usize::try_from(stored) != Ok(count) {
            let text = format!("`num` is {stored}, but there are {count} outputs");
            return Err(OpError::inconsistent(text));
        }
        let axis = axis(options.axis()?.into(), layer.input(0)?.shape.rank())?;
        Ok(Imported::reading(Self { axis, count }, [0]))
    }
}
