//! `TILE` and `BROADCAST_TO` from TFLite.

use super::Tile;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::Shape;

impl FromTflite for Tile {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Tile, BuiltinOperator::BroadcastTo];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let (input, numbers) = (&layer.input(0)?.shape, layer.integers(1)?);
        let counts = match layer.builtin {
            BuiltinOperator::Tile => counts(&numbers, input),
            _ => broadcast(&numbers, input),
        };
        let counts = counts.ok_or_else(|| {
            let verb = if layer.builtin == BuiltinOperator::Tile { "tiled" } else { "broadcast" };
            OpError::inconsistent(format!("{input} cannot be {verb} by {numbers:?}"))
        })?;
        Ok(Imported::reading(Self { counts }, [0]))
    }
}

fn counts(numbers: &[i64], input: &Shape) -> Option<Vec<usize>> {
    let count = |&number: &i64| usize::try_from(number).ok().filter(|&count| count > 0);
    numbers.iter().map(count).collect::<Option<Vec<_>>>().filter(|c| c.len() == input.rank())
}

/// Axes of size 1 become as long as the output's; new ones come before them.
fn broadcast(output: &[i64], input: &Shape) -> Option<Vec<usize>> {
    let new = output.len().checked_sub(input.rank())?;
    let count = |(axis, &length): (usize, &i64)| {
        let length = usize::try_from(length).ok().filter(|&length| length > 0)?;
        let dim = axis.checked_sub(new).map_or(1, |axis| input[axis]);
        match dim {
            1 => Some(length),
            _ => (dim == length).then_some(1),
        }
    };
    output.iter().enumerate().map(count).collect()
}
