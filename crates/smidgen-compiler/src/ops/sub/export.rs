//! `SUB` to TFLite.

use super::Sub;
use crate::ops::export::{Layer, ToTflite, Written, activation, by_type, is_large_broadcast};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, SubOptions};

impl ToTflite for Sub {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = SubOptions {
            fused_activation_function: activation(self.activation),
            pot_scale_int16: self.shifting,
        };
        let wide = if self.shifting { 1 } else { 5 };
        let by_type = by_type(site, &[(DType::I8, 2), (DType::I16, wide), (DType::I64, 4)]);
        let version = if is_large_broadcast(site) { by_type.max(3) } else { by_type };
        Layer::new(BuiltinOperator::Sub, site)
            .with(BuiltinOptions::SubOptions(Box::new(options)))
            .version(version)
            .written()
    }
}
