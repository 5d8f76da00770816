//! `SPACE_TO_DEPTH` and `DEPTH_TO_SPACE` to TFLite.

use super::SpaceToDepth;
use crate::ops::export::{Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, DepthToSpaceOptions, SpaceToDepthOptions};

impl ToTflite for SpaceToDepth {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let block_size = self.block as i32;
        let (builtin, options) = if self.inverse {
            let options = Box::new(DepthToSpaceOptions { block_size });
            (BuiltinOperator::DepthToSpace, BuiltinOptions::DepthToSpaceOptions(options))
        } else {
            let options = Box::new(SpaceToDepthOptions { block_size });
            (BuiltinOperator::SpaceToDepth, BuiltinOptions::SpaceToDepthOptions(options))
        };
        let version = by_type(site, &[(DType::I8, 2)]);
        Layer::new(builtin, site).with(options).version(version).written()
    }
}
