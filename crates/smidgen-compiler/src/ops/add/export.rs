//! `ADD` to TFLite.

use super::Add;
use crate::ops::export::{Layer, ToTflite, Written, activation, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};
use smidgen_schema::tflite::{AddOptions, BuiltinOptions};

impl ToTflite for Add {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = AddOptions {
            fused_activation_function: activation(self.activation),
            pot_scale_int16: self.shifting,
        };
        let wide = match (&site.input(0).quant, self.shifting) {
            (Quant::None, _) => 5,
            (_, false) => 3,
            (_, true) => 1,
        };
        let version = by_type(site, &[(DType::I8, 2), (DType::I16, wide), (DType::I64, 4)]);
        Layer::new(BuiltinOperator::Add, site)
            .with(BuiltinOptions::AddOptions(Box::new(options)))
            .version(version)
            .written()
    }
}
