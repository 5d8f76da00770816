//! `TILE` and `BROADCAST_TO` to TFLite.

use super::Tile;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for Tile {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let input = &site.input(0).shape;
        let new = self.counts.len().saturating_sub(input.rank());
        let mut old = self.counts[new..].iter().zip(input.dims());
        if old.all(|(&count, &dim)| count == 1 || dim == 1) {
            return Layer::new(BuiltinOperator::BroadcastTo, site)
                .reading([Input::Operand(0), Input::list(site.output(0).shape.dims())])
                .version(by_type(site, &[(DType::I8, 3), (DType::I16, 3)]).max(2))
                .written();
        }
        if new > 0 {
            return Err(OpError::unsupported(
                "repeats a tensor along axes that are there and new ones",
            )
            .hint("reshape the tensor first"));
        }
        Layer::new(BuiltinOperator::Tile, site)
            .reading([Input::Operand(0), Input::list(&self.counts)])
            .version(by_type(site, &[(DType::I8, 3)]))
            .written()
    }
}
