//! `SHAPE` and `RANK` from TFLite.

use super::Shape;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl FromTflite for Shape {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Shape, BuiltinOperator::Rank];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let op = match layer.builtin {
            BuiltinOperator::Rank => Self::Rank,
            _ => Self::Dimensions { wide: layer.output(0)?.dtype == DType::I64 },
        };
        Ok(Imported::reading(op, [0]))
    }
}
