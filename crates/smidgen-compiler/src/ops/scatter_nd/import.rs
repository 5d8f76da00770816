//! `SCATTER_ND` from TFLite.

use super::ScatterNd;
use crate::ops::OpError;
use crate::ops::common::movement;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for ScatterNd {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::ScatterNd];
    const RAW: &'static [BuiltinOperator] = Self::BUILTIN;

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::reading(Self { shape: movement::listed(&layer.integers(2)?)? }, [1, 0]))
    }
}
