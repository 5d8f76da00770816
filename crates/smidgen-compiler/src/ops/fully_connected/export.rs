//! `FULLY_CONNECTED` to TFLite.

use super::FullyConnected;
use crate::ops::export::{Layer, ToTflite, Written, activation, bias_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, FullyConnectedOptions, TensorType};

impl ToTflite for FullyConnected {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = FullyConnectedOptions {
            fused_activation_function: activation(self.activation),
            keep_num_dims: self.keep_dims,
            quantized_bias_type: bias_type(site, 2),
            ..Default::default()
        };
        let version = match options.quantized_bias_type {
            TensorType::Int32 => 11,
            _ if site.input(0).dtype == DType::I16 => 7,
            _ if site.inputs.len() == 2 => 6,
            _ if self.keep_dims => 5,
            _ if site.input(0).dtype == DType::I8 => 4,
            _ => 1,
        };
        Layer::new(BuiltinOperator::FullyConnected, site)
            .with(BuiltinOptions::FullyConnectedOptions(Box::new(options)))
            .version(version)
            .written()
    }
}
