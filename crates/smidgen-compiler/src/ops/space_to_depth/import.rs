//! `SPACE_TO_DEPTH` and `DEPTH_TO_SPACE` from TFLite.

use super::SpaceToDepth;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, at_least_1};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for SpaceToDepth {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::SpaceToDepth, BuiltinOperator::DepthToSpace];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let size = layer.options(|options| match options {
            BuiltinOptionsRef::SpaceToDepthOptions(options) => Some(options.block_size()),
            BuiltinOptionsRef::DepthToSpaceOptions(options) => Some(options.block_size()),
            _ => None,
        })??;
        let inverse = layer.builtin == BuiltinOperator::DepthToSpace;
        Ok(Imported::reading(Self { block: at_least_1("block size", size)?, inverse }, [0]))
    }
}
