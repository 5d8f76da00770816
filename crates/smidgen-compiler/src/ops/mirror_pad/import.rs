//! `MIRROR_PAD` from TFLite.

use super::MirrorPad;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::pad::paddings;
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use smidgen_schema::tflite::MirrorPadMode;

impl FromTflite for MirrorPad {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::MirrorPad];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let mode = layer.options(|options| match options {
            BuiltinOptionsRef::MirrorPadOptions(options) => Some(options.mode()),
            _ => None,
        })??;
        let repeats_edge = mode == MirrorPadMode::Symmetric;
        Ok(Imported::reading(Self { amounts: paddings(layer)?, repeats_edge }, [0]))
    }
}
