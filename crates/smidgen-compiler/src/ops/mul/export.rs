//! `MUL` to TFLite.

use super::Mul;
use crate::ops::export::{Layer, ToTflite, Written, activation, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};
use smidgen_schema::tflite::{BuiltinOptions, MulOptions};

impl ToTflite for Mul {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let options = MulOptions { fused_activation_function: activation(self.activation) };
        let wide = if site.input(0).quant == Quant::None { 7 } else { 4 };
        let small = if is_growing(site) { 3 } else { 2 };
        let version = by_type(site, &[(DType::I8, small), (DType::I16, wide), (DType::I64, 5)]);
        Layer::new(BuiltinOperator::Mul, site)
            .with(BuiltinOptions::MulOptions(Box::new(options)))
            .version(version)
            .written()
    }
}

/// Whether products are multiplied by 1 or more.
fn is_growing(site: &Site) -> bool {
    let scale = |quant: &Quant| quant.whole().map(|(scale, _)| scale);
    let [a, b, y] = [site.input(0), site.input(1), site.output(0)].map(|ty| scale(&ty.quant));
    matches!((a, b, y), (Some(a), Some(b), Some(y)) if a * b / y >= 1.0)
}
