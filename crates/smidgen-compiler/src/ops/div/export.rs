//! `DIV` to TFLite.

use super::Div;
use crate::ops::export::{Layer, ToTflite, Written, activation, is_large_broadcast};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, DivOptions};

impl ToTflite for Div {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = DivOptions { fused_activation_function: activation(self.activation) };
        Layer::new(BuiltinOperator::Div, site)
            .with(BuiltinOptions::DivOptions(Box::new(options)))
            .version(if is_large_broadcast(site) { 2 } else { 1 })
            .written()
    }
}
