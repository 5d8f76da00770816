//! Reductions from TFLite.

use super::{Function, Reduce};
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::ops::{OpDef, OpError};
use crate::reader::tflite::{BuiltinOperator as B, BuiltinOptionsRef};
use crate::tensor::DType;

/// The operators and what they compute.
pub(super) const FUNCTIONS: [(B, Function); 7] = [
    (B::Mean, Function::Mean),
    (B::Sum, Function::Sum),
    (B::ReduceMax, Function::Max),
    (B::ReduceMin, Function::Min),
    (B::ReduceProd, Function::Product),
    (B::ReduceAny, Function::Any),
    (B::ReduceAll, Function::All),
];

fn function(builtin: B) -> Option<Function> {
    FUNCTIONS.iter().find(|(of, _)| *of == builtin).map(|&(_, function)| function)
}

impl FromTflite for Reduce {
    const BUILTIN: &'static [B] = &{
        let mut builtin = [B::Mean; FUNCTIONS.len()];
        let mut i = 0;
        while i < FUNCTIONS.len() {
            builtin[i] = FUNCTIONS[i].0;
            i += 1;
        }
        builtin
    };

    fn types(builtin: B) -> &'static [DType] {
        function(builtin).map_or(Self::TYPES, Function::types)
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let function = function(layer.builtin).expect("only called for operators in `BUILTIN`");
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::ReducerOptions(options) => Some(options),
            _ => None,
        })?;
        let numbers = layer.integers(1)?;
        let rank = layer.input(0)?.shape.rank();
        // The one element of a scalar is reduced whatever the axes are.
        let mut axes = match rank {
            0 => Vec::new(),
            _ => numbers.into_iter().map(|number| axis(number, rank)).collect::<Result<_, _>>()?,
        };
        axes.sort_unstable();
        axes.dedup();
        let keep_dims = options.keep_dims()?;
        Ok(Imported::reading(Self { function, axes, keep_dims, rounding: layer.rounding }, [0]))
    }
}
