//! `FULLY_CONNECTED` from TFLite.

use super::FullyConnected;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, activation};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef, TensorType};
use crate::tensor::Rounding;
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
        let rounding = if tflm_rejects(layer) { Rounding::Litert } else { layer.rounding };
        Ok(Imported::all(Self { activation, keep_dims, rounding }))
    }
}

/// Whether TFLite Micro does not take the layer's types, so that only LiteRT's results count.
fn tflm_rejects(layer: &Layer) -> bool {
    let element = |index: usize| {
        let port = layer.inputs.get(index).copied().flatten();
        port.map(|port| port.tensor.element)
    };
    let per_channel = layer.input(1).is_ok_and(|filter| filter.quant.whole().is_none());
    match (element(0), element(1)) {
        (Some(TensorType::Uint8), _) => true,
        (input, Some(TensorType::Int4)) => per_channel || input == Some(TensorType::Int16),
        _ => false,
    }
}
