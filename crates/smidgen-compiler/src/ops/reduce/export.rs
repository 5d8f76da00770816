//! Reductions to TFLite.

use super::Reduce;
use super::import::FUNCTIONS;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, ReducerOptions};

impl ToTflite for Reduce {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let row = FUNCTIONS.iter().find(|(_, function)| *function == self.function);
        let &(builtin, _) = row.expect("every function has a row");
        let wide = match builtin {
            B::Mean | B::ReduceMax | B::ReduceMin => 3,
            B::ReduceProd => 2,
            _ => 1,
        };
        let options = ReducerOptions { keep_dims: self.keep_dims };
        Layer::new(builtin, site)
            .reading([Input::Operand(0), Input::list(&self.axes)])
            .with(BuiltinOptions::ReducerOptions(Box::new(options)))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, wide)]))
            .written()
    }
}
