//! `MIRROR_PAD` to TFLite.

use super::MirrorPad;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, MirrorPadMode, MirrorPadOptions};

impl ToTflite for MirrorPad {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let mode =
            if self.repeats_edge { MirrorPadMode::Symmetric } else { MirrorPadMode::Reflect };
        Layer::new(BuiltinOperator::MirrorPad, site)
            .reading([Input::Operand(0), Input::pairs(&self.amounts)])
            .with(BuiltinOptions::MirrorPadOptions(Box::new(MirrorPadOptions { mode })))
            .version(by_type(site, &[(DType::I8, 2), (DType::I16, 3)]))
            .written()
    }
}
