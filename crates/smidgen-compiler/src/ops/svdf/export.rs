//! `SVDF` to TFLite.

use super::Svdf;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, SvdfOptions};

impl ToTflite for Svdf {
    /// Input 3 is the bias, 4 the state.
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let mut inputs = Input::operands(0..site.inputs.len());
        if !self.bias {
            inputs.insert(3, Input::Absent);
        }
        let options = SvdfOptions {
            rank: self.rank as i32,
            fused_activation_function: self.activation.to_tflite(),
            ..Default::default()
        };
        Layer::new(BuiltinOperator::Svdf, site)
            .reading(inputs)
            .with(BuiltinOptions::SvdfOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 3)]))
            .written()
    }
}
