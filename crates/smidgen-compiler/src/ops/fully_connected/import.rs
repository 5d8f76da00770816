//! `FULLY_CONNECTED` from TFLite.

use super::FullyConnected;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use smidgen_schema::tflite::FullyConnectedOptionsWeightsFormat;

impl FromTflite for FullyConnected {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::FullyConnected];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::FullyConnectedOptions(options) => Some(options),
            _ => None,
        })?;
        if options.weights_format()? != FullyConnectedOptionsWeightsFormat::Default {
            return Err(OpError::unsupported("shuffled weights are not supported"));
        }
        let activation = activation(options.fused_activation_function()?)?;
        let keep_dims = options.keep_num_dims()?;
        Ok(Imported::all(Self { activation, keep_dims, rounding: layer.rounding }))
    }
}
