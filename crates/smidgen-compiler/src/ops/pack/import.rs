//! `PACK` from TFLite.

use super::Pack;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Pack {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Pack];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::PackOptions(options) => Some(options),
            _ => None,
        })?;
        let (count, inputs) = (options.values_count()?, layer.inputs.len());
        if usize::try_from(count) != Ok(inputs) {
            let text = format!("`values_count` is {count}, but there are {inputs} inputs");
            return Err(OpError::inconsistent(text));
        }
        let axis = axis(options.axis()?.into(), layer.input(0)?.shape.rank() + 1)?;
        Ok(Imported::reading(Self { axis }, layer.all_inputs()?))
    }
}
