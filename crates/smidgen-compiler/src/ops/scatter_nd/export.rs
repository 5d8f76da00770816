//! `SCATTER_ND` to TFLite.

use super::ScatterNd;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl ToTflite for ScatterNd {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let shape = Input::list(self.shape.dims());
        Layer::new(BuiltinOperator::ScatterNd, site)
            .reading([Input::Operand(1), Input::Operand(0), shape])
            .written()
    }
}
