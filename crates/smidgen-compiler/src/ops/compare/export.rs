//! Comparisons to TFLite.

use super::Compare;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType;

impl ToTflite for Compare {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let builtin = self.relation.row().builtin;
        let wide = match builtin {
            B::Equal => 5,
            B::NotEqual => 4,
            B::Less | B::GreaterEqual => 3,
            _ => 1,
        };
        let version = by_type(site, &[(DType::I8, 2), (DType::I16, wide)]);
        Layer::new(builtin, site).version(version).written()
    }
}
