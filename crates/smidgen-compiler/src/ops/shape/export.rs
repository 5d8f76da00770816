//! `SHAPE` and `RANK` to TFLite.

use super::Shape;
use crate::ops::export::{Layer, ToTflite, Written, element};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, ShapeOptions};

impl ToTflite for Shape {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        if *self == Self::Rank {
            return Layer::new(BuiltinOperator::Rank, site).written();
        }
        let options = ShapeOptions { out_type: element(site.output(0).dtype) };
        Layer::new(BuiltinOperator::Shape, site)
            .with(BuiltinOptions::ShapeOptions(Box::new(options)))
            .written()
    }
}
