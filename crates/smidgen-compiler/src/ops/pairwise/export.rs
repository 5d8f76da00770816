//! Functions of two numbers to TFLite.

use super::Pairwise;
use crate::ops::export::{Layer, ToTflite, Written, by_type, is_large_broadcast};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType;

impl ToTflite for Pairwise {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let builtin = self.function.row().builtin;
        let large = if is_large_broadcast(site) { 3 } else { 1 };
        let version = match builtin {
            B::Maximum | B::Minimum => by_type(site, &[(DType::I8, 2), (DType::I16, 4)]).max(large),
            B::FloorDiv => by_type(site, &[(DType::I8, 3), (DType::I16, 3), (DType::F32, 2)]),
            B::FloorMod => by_type(site, &[(DType::I8, 2), (DType::I16, 2)]),
            _ => 1,
        };
        Layer::new(builtin, site).version(version).written()
    }
}
