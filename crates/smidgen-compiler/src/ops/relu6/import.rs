//! `RELU6` from TFLite.

use super::Relu6;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::Rounding;

impl FromTflite for Relu6 {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Relu6];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        // TFLite Micro only clamps; where the scale changes it is no oracle.
        let same = layer.input(0)?.quant == layer.output(0)?.quant;
        let rounding = if same { layer.rounding } else { Rounding::Litert };
        Ok(Imported::all(Self { rounding }))
    }
}
