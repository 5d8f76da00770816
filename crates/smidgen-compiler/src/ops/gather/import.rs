//! `GATHER`, `GATHER_ND` and `EMBEDDING_LOOKUP` from TFLite.

use super::Gather;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::DType;

impl FromTflite for Gather {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Gather, BuiltinOperator::GatherNd, BuiltinOperator::EmbeddingLookup];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        match layer.builtin {
            BuiltinOperator::EmbeddingLookup => {
                let real = layer.output(0)?.dtype == DType::F32;
                let op = match layer.input(1)?.dtype {
                    DType::I8 if real => Self::Real,
                    _ => Self::FIRST_AXIS,
                };
                Ok(Imported::reading(op, [1, 0]))
            }
            BuiltinOperator::GatherNd => Ok(Imported::reading(Self::Nd, [0, 1])),
            _ => Ok(Imported::reading(along_an_axis(layer)?, [0, 1])),
        }
    }
}

fn along_an_axis(layer: &Layer) -> Result<Gather, OpError> {
    // Files from before the options existed gather along the first axis.
    let (number, batch_dims) = match layer.operator.options {
        Some(BuiltinOptionsRef::GatherOptions(options)) => (options.axis()?, options.batch_dims()?),
        _ => (0, 0),
    };
    let axis = axis(number.into(), layer.input(0)?.shape.rank())?;
    let rank = layer.input(1)?.shape.rank() as i64;
    let from_end = if batch_dims < 0 { rank } else { 0 };
    let batch_dims = usize::try_from(i64::from(batch_dims) + from_end).ok();
    let batch_dims = batch_dims.filter(|&batch_dims| batch_dims <= axis).ok_or_else(|| {
        OpError::inconsistent(format!("`batch_dims` must be between 0 and axis {axis}"))
    })?;
    Ok(Gather::Axis { axis, batch_dims })
}
