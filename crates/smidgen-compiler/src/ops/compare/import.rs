//! Comparisons from TFLite.

use super::{Compare, ROWS};
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType;

impl FromTflite for Compare {
    const BUILTIN: &'static [B] =
        &[B::Equal, B::NotEqual, B::Greater, B::GreaterEqual, B::Less, B::LessEqual];

    fn types(builtin: B) -> &'static [DType] {
        let row = ROWS.iter().find(|row| row.builtin == builtin);
        row.map_or(&[], |row| row.relation.types())
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let row = ROWS.iter().find(|row| row.builtin == layer.builtin);
        let row = row.expect("only called for the operators of the table");
        Ok(Imported::all(Self { relation: row.relation }))
    }
}
