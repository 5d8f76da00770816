//! `TRANSPOSE` from TFLite.

use super::Transpose;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for Transpose {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Transpose];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let rank = layer.input(0)?.shape.rank();
        let axes = layer.integers(1)?.into_iter().map(|number| axis(number, rank));
        Ok(Imported::reading(Self { permutation: axes.collect::<Result<_, _>>()? }, [0]))
    }
}
