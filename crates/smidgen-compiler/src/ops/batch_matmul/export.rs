//! `BATCH_MATMUL` to TFLite.

use super::BatchMatmul;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BatchMatMulOptions, BuiltinOptions};

impl ToTflite for BatchMatmul {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let [adj_x, adj_y] = self.swapped;
        let options = BatchMatMulOptions { adj_x, adj_y, ..Default::default() };
        Layer::new(BuiltinOperator::BatchMatmul, site)
            .with(BuiltinOptions::BatchMatMulOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, 3)]))
            .written()
    }
}
