//! `ADD` from TFLite.

use super::Add;
use crate::ops::OpError;
use crate::ops::common::sum;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Add {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Add];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::AddOptions(options) => Some(options),
            _ => None,
        })?;
        let activation = activation(options.fused_activation_function()?)?;
        let option = options.pot_scale_int16()?;
        let shifting = sum::is_shifting(layer, option, false)?;
        Ok(Imported::all(Self { activation, shifting, rounding: layer.rounding }))
    }
}
