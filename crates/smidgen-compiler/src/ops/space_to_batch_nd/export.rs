//! `SPACE_TO_BATCH_ND` and `BATCH_TO_SPACE_ND` to TFLite.

use super::SpaceToBatchNd;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::pad::zero;
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;

impl ToTflite for SpaceToBatchNd {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let builtin = match &self.padding {
            Some(padding) if *padding == zero(site.output(0))? => BuiltinOperator::SpaceToBatchNd,
            None => BuiltinOperator::BatchToSpaceNd,
            Some(_) => return Err(OpError::unsupported("is padded with something but zeros")),
        };
        let by_type = by_type(site, &[(DType::I8, 2), (DType::I16, 4)]);
        let version = if site.input(0).shape.rank() == 4 { by_type } else { by_type.max(3) };
        let [block, edges] = [Input::list(&self.block), Input::pairs(&self.edges)];
        Layer::new(builtin, site)
            .reading([Input::Operand(0), block, edges])
            .version(version)
            .written()
    }
}
