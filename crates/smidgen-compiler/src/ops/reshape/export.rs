//! `RESHAPE` to TFLite.

use super::Reshape;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{BuiltinOptions, ReshapeOptions};

impl ToTflite for Reshape {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let dims: Vec<i32> = self.shape.dims().iter().map(|&dim| dim as i32).collect();
        let options = ReshapeOptions { new_shape: Some(dims.clone()) };
        Layer::new(BuiltinOperator::Reshape, site)
            .reading([Input::Operand(0), Input::List(dims)])
            .with(BuiltinOptions::ReshapeOptions(Box::new(options)))
            .written()
    }
}
