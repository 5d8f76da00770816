//! Functions of two numbers from TFLite.

use super::Pairwise;
use super::table::ROWS;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType;

impl FromTflite for Pairwise {
    const BUILTIN: &'static [B] = &{
        let mut all = [B::Maximum; ROWS.len()];
        let mut i = 0;
        while i < ROWS.len() {
            all[i] = ROWS[i].builtin;
            i += 1;
        }
        all
    };
    const RAW: &'static [B] = &[B::FloorDiv, B::FloorMod, B::BitwiseXor, B::RightShift];

    fn types(builtin: B) -> &'static [DType] {
        ROWS.iter().find(|row| row.builtin == builtin).map_or(&[], |row| row.types)
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let row = ROWS.iter().find(|row| row.builtin == layer.builtin);
        let row = row.expect("only called for the operators of the table");
        Ok(Imported::all(Self { function: row.function }))
    }
}
