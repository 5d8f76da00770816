//! `SPACE_TO_BATCH_ND` and `BATCH_TO_SPACE_ND` from TFLite.

use super::SpaceToBatchNd;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::pad::zero;
use crate::reader::tflite::BuiltinOperator;

impl FromTflite for SpaceToBatchNd {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::SpaceToBatchNd, BuiltinOperator::BatchToSpaceNd];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let (sizes, edges) = (layer.integers(1)?, layer.integers(2)?);
        let size = |&size: &i64| usize::try_from(size).ok().filter(|&size| size > 0);
        let block: Option<Vec<usize>> = sizes.iter().map(size).collect();
        let numbers: Option<Vec<usize>> =
            edges.iter().map(|&number| usize::try_from(number).ok()).collect();
        let (Some(block), Some(numbers)) = (block, numbers) else {
            let text = format!("blocks of {sizes:?} with edges {edges:?} are impossible");
            return Err(OpError::inconsistent(text));
        };
        let (pairs, []) = numbers.as_chunks::<2>() else {
            return Err(OpError::inconsistent("the edges must come in pairs"));
        };
        let padding = match layer.builtin {
            BuiltinOperator::SpaceToBatchNd => Some(zero(layer.output(0)?)?),
            _ => None,
        };
        Ok(Imported::reading(Self { block, edges: pairs.to_vec(), padding }, [0]))
    }
}
