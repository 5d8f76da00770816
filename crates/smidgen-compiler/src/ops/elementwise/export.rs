//! Functions of one element to TFLite.

use super::{Elementwise, Function};
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::tensor::DType;
use crate::tensor::DType::{I8, I16, I32};
use smidgen_schema::tflite::{BuiltinOptions, GeluOptions, LeakyReluOptions};

impl ToTflite for Elementwise {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let version = by_type(site, versions(self.function));
        let builtin = self.function.builtin().ok_or_else(|| {
            let text = format!("is `{}`, which TFLite does not have", self.function.name());
            OpError::unsupported(text)
        })?;
        let layer = Layer::new(builtin, site).version(version);
        match self.function {
            Function::Gelu { approximate } => {
                let options = Box::new(GeluOptions { approximate });
                layer.with(BuiltinOptions::GeluOptions(options))
            }
            Function::LeakyRelu { alpha } => {
                let options = Box::new(LeakyReluOptions { alpha });
                layer.with(BuiltinOptions::LeakyReluOptions(options))
            }
            _ => layer,
        }
        .written()
    }
}

/// Versions by element type.
fn versions(function: Function) -> &'static [(DType, i32)] {
    match function {
        Function::Abs
        | Function::Relu
        | Function::Relu6
        | Function::Rsqrt
        | Function::Tanh
        | Function::Logistic => &[(I8, 2), (I16, 3)],
        Function::Exp | Function::Log | Function::Sqrt => &[(I8, 2), (I16, 2)],
        Function::LeakyRelu { .. } => &[(I16, 2)],
        Function::Gelu { .. } => &[(I8, 2)],
        Function::Sign => &[(I32, 2)],
        _ => &[],
    }
}
