//! `SPLIT` and `SPLIT_V` from TFLite.

use super::Split;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Split {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Split, BuiltinOperator::SplitV];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let equal = layer.builtin == BuiltinOperator::Split;
        let (value, axis_input) = if equal { (1, 0) } else { (0, 2) };
        let shape = &layer.input(value)?.shape;
        let axis = axis(layer.integer(axis_input)?, shape.rank())?;
        let sizes = if equal {
            equal_sizes(shape[axis], layer.outputs.len())?
        } else {
            sizes(&layer.integers(1)?, shape[axis])?
        };
        let count = layer.options(|options| match options {
            BuiltinOptionsRef::SplitOptions(options) => Some(options.num_splits()),
            BuiltinOptionsRef::SplitVOptions(options) => Some(options.num_splits()),
            _ => None,
        })??;
        if usize::try_from(count) != Ok(layer.outputs.len()) {
            let outputs = layer.outputs.len();
            let text = format!("`num_splits` is {count}, but there are {outputs} outputs");
            return Err(OpError::inconsistent(text));
        }
        Ok(Imported::reading(Self { axis, sizes }, [value]))
    }
}

fn equal_sizes(dim: usize, parts: usize) -> Result<Vec<usize>, OpError> {
    if parts == 0 || !dim.is_multiple_of(parts) {
        return Err(OpError::inconsistent(format!(
            "{dim} does not divide into {parts} equal parts"
        )));
    }
    Ok(vec![dim / parts; parts])
}

/// Finds the part that is given as -1.
fn sizes(stored: &[i64], dim: usize) -> Result<Vec<usize>, OpError> {
    let invalid =
        || OpError::inconsistent(format!("parts of sizes {stored:?} do not make up {dim}"));
    let mut sizes = Vec::with_capacity(stored.len());
    let (mut left, mut unknown) = (dim, None);
    for (position, &size) in stored.iter().enumerate() {
        if size == -1 && unknown.replace(position).is_some() {
            return Err(invalid());
        }
        let size = if size == -1 { 0 } else { usize::try_from(size).map_err(|_| invalid())? };
        left = left.checked_sub(size).ok_or_else(invalid)?;
        sizes.push(size);
    }
    if let Some(position) = unknown {
        sizes[position] = left;
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stored: &[i64], dim: usize, expected: Option<&[usize]>) {
        assert_eq!(sizes(stored, dim).ok().as_deref(), expected, "{stored:?}");
    }

    #[test]
    fn one_size_is_found() {
        check(&[2, -1, 3], 9, Some(&[2, 4, 3]));
        check(&[2, 7], 9, Some(&[2, 7]));
    }

    #[test]
    fn impossible_sizes_are_refused() {
        check(&[-1, -1], 9, None);
        check(&[10, -1], 9, None);
        check(&[-2, 11], 9, None);
        check(&[i64::MAX, i64::MAX], 9, None);
    }

    #[test]
    fn unequal_parts_are_refused() {
        assert_eq!(equal_sizes(6, 3), Ok(vec![2, 2, 2]));
        assert!(equal_sizes(7, 3).is_err());
        assert!(equal_sizes(7, 0).is_err());
    }
}
