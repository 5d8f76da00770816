//! `RANGE` from TFLite.

use super::{Range, count};
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::Data;

impl FromTflite for Range {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Range];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let inputs = [layer.constant(0)?, layer.constant(1)?, layer.constant(2)?];
        let [Some(first), Some(limit), Some(step)] = inputs else {
            let text = "the length of a range that the running model computes is not known";
            return Err(OpError::unsupported(text).hint("make first, limit and step constants"));
        };
        let scalar = |data: &Data| data.len() == 1 && data.dtype() == first.dtype();
        let numbers = [&first, &limit, &step].into_iter().all(scalar);
        let count = numbers.then(|| count(&first, &limit, &step)).flatten();
        let count = count.ok_or_else(|| {
            let text = format!("there are no numbers from {first:?} to {limit:?} by {step:?}");
            OpError::inconsistent(text)
        })?;
        Ok(Imported::all(Self { count }))
    }
}
