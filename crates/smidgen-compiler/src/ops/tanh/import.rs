//! `TANH` from TFLite.

use super::Tanh;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::Rounding;

impl FromTflite for Tanh {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Tanh];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        // TFLite Micro ignores the output's quantisation; where that matters it is no oracle.
        let usual = layer.output(0)?.quant.whole().is_none_or(|quant| quant == (1.0 / 128.0, 0));
        let rounding = if usual { layer.rounding } else { Rounding::Litert };
        Ok(Imported::all(Self { rounding }))
    }
}
