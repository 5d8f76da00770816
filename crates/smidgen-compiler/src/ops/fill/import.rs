//! `FILL` and `ZEROS_LIKE` from TFLite.

use super::Fill;
use crate::ops::OpError;
use crate::ops::common::movement;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl FromTflite for Fill {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Fill, BuiltinOperator::ZerosLike];
    // The number 0 that is stored is not the real number 0.
    const RAW: &'static [BuiltinOperator] = &[BuiltinOperator::ZerosLike];

    fn types(builtin: BuiltinOperator) -> &'static [DType] {
        match builtin {
            BuiltinOperator::ZerosLike => &[DType::I8, DType::I32, DType::I64, DType::F32],
            _ => movement::TYPES,
        }
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        if layer.builtin == BuiltinOperator::ZerosLike {
            let shape = layer.input(0)?.shape.clone();
            return Ok(Imported::reading(Self { shape, zeros: true }, [0]));
        }
        let shape = movement::listed(&layer.integers(0)?)?;
        Ok(Imported::reading(Self { shape, zeros: false }, [1]))
    }
}
