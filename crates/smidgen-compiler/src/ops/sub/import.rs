//! `SUB` from TFLite.

use super::Sub;
use crate::ops::OpError;
use crate::ops::common::sum;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Sub {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Sub];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::SubOptions(options) => Some(options),
            _ => None,
        })?;
        let activation = activation(options.fused_activation_function()?)?;
        let option = options.pot_scale_int16()?;
        let shifting = sum::is_shifting(layer, option, true)?;
        Ok(Imported::all(Self { activation, shifting, rounding: layer.rounding }))
    }
}
