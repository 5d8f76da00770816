//! `RESHAPE` from TFLite.

use super::Reshape;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::Shape;

impl FromTflite for Reshape {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Reshape];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let elements = layer.input(0)?.shape.elements();
        let shape = match requested(layer)? {
            Some(dims) => resolved(&dims, elements)?,
            // A shape that is computed: what the file declares for the output is checked against
            // the elements, as TFLite Micro does.
            None => layer.output(0)?.shape.clone(),
        };
        Ok(Imported::reading(Self { shape }, [0]))
    }
}

/// The new shape as stored: in input 1, or else in the options.
fn requested(layer: &Layer) -> Result<Option<Vec<i64>>, OpError> {
    if layer.inputs.get(1).is_some_and(Option::is_some) {
        return if layer.is_constant(1) { layer.integers(1).map(Some) } else { Ok(None) };
    }
    let Some(BuiltinOptionsRef::ReshapeOptions(options)) = layer.operator.options else {
        return Ok(None);
    };
    Ok(options.new_shape()?.map(|dims| dims.iter().map(i64::from).collect()))
}

/// Finds the dimension that is given as -1. The list `[0]` stands for a scalar in old files.
fn resolved(requested: &[i64], elements: usize) -> Result<Shape, OpError> {
    if requested == [0] {
        return Ok(Shape::scalar());
    }
    let invalid = || {
        let text = format!("the new shape {requested:?} does not fit {elements} elements");
        OpError::inconsistent(text)
    };
    let known = requested.iter().filter(|&&dim| dim != -1);
    let known = known.map(|&dim| usize::try_from(dim).ok());
    let product = known.into_iter().try_fold(1usize, |n, dim| n.checked_mul(dim?));
    let product = product.filter(|&n| n > 0).ok_or_else(invalid)?;
    if requested.iter().filter(|&&dim| dim == -1).count() > 1 || !elements.is_multiple_of(product) {
        return Err(invalid());
    }
    let dim = |&dim: &i64| usize::try_from(dim).unwrap_or(elements / product);
    Shape::new(requested.iter().map(dim).collect::<Vec<_>>()).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(requested: &[i64], elements: usize, expected: Option<&[usize]>) {
        let found = resolved(requested, elements).ok();
        assert_eq!(found.as_ref().map(Shape::dims), expected, "{requested:?}");
    }

    #[test]
    fn one_dimension_is_found() {
        check(&[2, -1, 3], 24, Some(&[2, 4, 3]));
        check(&[-1], 7, Some(&[7]));
    }

    #[test]
    fn zero_alone_is_a_scalar() {
        check(&[0], 1, Some(&[]));
        check(&[0, 2], 2, None);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        check(&[-1, -1], 4, None);
        check(&[5, -1], 24, None);
        check(&[-2, 2], 4, None);
        check(&[i64::MAX, i64::MAX], 4, None);
        check(&[1; 9], 1, None);
    }
}
