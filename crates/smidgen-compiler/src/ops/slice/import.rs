//! `SLICE`, `STRIDED_SLICE` and `REVERSE_V2` from TFLite.

use super::{Cut, Number, Slice, strided};
use crate::ops::OpError;
use crate::ops::common::movement;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::Shape;

impl FromTflite for Slice {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Slice, BuiltinOperator::StridedSlice, BuiltinOperator::ReverseV2];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let input = &layer.input(0)?.shape;
        let slice = match layer.builtin {
            BuiltinOperator::StridedSlice => strided::read(layer, input)?,
            BuiltinOperator::ReverseV2 => reversed(&layer.integers(1)?, input)?,
            _ => sliced(layer, input)?,
        };
        let operands: &[usize] = if slice.moved.is_some() { &[0, 1] } else { &[0] };
        Ok(Imported::reading(slice, operands))
    }
}

fn reversed(axes: &[i64], input: &Shape) -> Result<Slice, OpError> {
    let mut cuts: Vec<Cut> = input.dims().iter().map(|&dim| Cut::all(dim)).collect();
    for &number in axes {
        let axis = axis(number, input.rank())?;
        cuts[axis] = Cut::reversed(input[axis]);
    }
    Ok(Slice { cuts, shape: input.clone(), moved: None })
}

/// Without a constant start, the sizes must be.
fn sliced(layer: &Layer, input: &Shape) -> Result<Slice, OpError> {
    let sizes = layer.integers(2)?;
    let starts = if layer.is_constant(1) { Some(layer.integers(1)?) } else { None };
    let count = starts.as_ref().map_or(sizes.len(), Vec::len);
    if (sizes.len(), count) != (input.rank(), input.rank()) {
        let text = format!("begin and size must have a number for each axis of {input}");
        return Err(OpError::inconsistent(text));
    }
    let cut = |(axis, &size): (usize, &i64)| {
        let dim = input[axis];
        let start = starts.as_ref().map_or(Ok(0), |starts| starts[axis].try_into());
        let start = start.ok().filter(|&start| start < dim);
        let count = match (size, &starts) {
            (-1, None) => {
                let text = "a slice that starts where the running model says needs a fixed size";
                return Err(OpError::unsupported(text).hint("give the size as a number, not as -1"));
            }
            (-1, Some(_)) => start.map(|start| dim - start),
            _ => usize::try_from(size).ok().filter(|&size| size > 0),
        };
        let fits = |(start, count): &(usize, usize)| *count <= dim - *start;
        let (start, count) = start.zip(count).filter(fits).ok_or_else(|| {
            let start = starts.as_ref().map_or(0, |starts| starts[axis]);
            OpError::inconsistent(format!(
                "{size} elements from {start} on are none of axis {axis} of {input}"
            ))
        })?;
        Ok(Cut { start, step: 1, count })
    };
    let cuts = sizes.iter().enumerate().map(cut).collect::<Result<Vec<_>, _>>()?;
    let shape = movement::shape(cuts.iter().map(|cut| cut.count).collect())?;
    let axes = (0..input.rank()).map(|axis| Number::Start { axis, wraps: false });
    let moved = starts.is_none().then(|| axes.collect());
    Ok(Slice { cuts, shape, moved })
}
