//! `RESHAPE`, `SQUEEZE` and `EXPAND_DIMS` from TFLite.

use super::Reshape;
use crate::ops::OpError;
use crate::ops::common::movement;
use crate::ops::import::{FromTflite, Imported, Layer, axis};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::Shape;

impl FromTflite for Reshape {
    const BUILTIN: &'static [BuiltinOperator] =
        &[BuiltinOperator::Reshape, BuiltinOperator::Squeeze, BuiltinOperator::ExpandDims];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let input = &layer.input(0)?.shape;
        let shape = match layer.builtin {
            BuiltinOperator::Squeeze => squeezed(input, &squeezed_axes(layer)?)?,
            BuiltinOperator::ExpandDims => expanded(input, layer.integer(1)?)?,
            _ => reshaped(layer, input.elements())?,
        };
        Ok(Imported::reading(Self { shape }, [0]))
    }
}

fn reshaped(layer: &Layer, elements: usize) -> Result<Shape, OpError> {
    match requested(layer)? {
        Some(dims) => resolved(&dims, elements),
        // A shape that is computed: what the file declares for the output is checked against
        // the elements, as TFLite Micro does.
        None => Ok(layer.output(0)?.shape.clone()),
    }
}

fn squeezed_axes(layer: &Layer) -> Result<Vec<i64>, OpError> {
    let Some(BuiltinOptionsRef::SqueezeOptions(options)) = layer.operator.options else {
        return Ok(Vec::new());
    };
    let axes = options.squeeze_dims()?;
    Ok(axes.map_or_else(Vec::new, |axes| axes.iter().map(i64::from).collect()))
}

/// Without the given axes, all of size 1; without every axis of size 1 if none is given.
fn squeezed(shape: &Shape, axes: &[i64]) -> Result<Shape, OpError> {
    let mut goes: Vec<bool> = shape.dims().iter().map(|&dim| axes.is_empty() && dim == 1).collect();
    for &number in axes {
        let axis = axis(number, shape.rank())?;
        if shape[axis] != 1 {
            let text = format!("axis {axis} of {shape} cannot go, its size is {}", shape[axis]);
            return Err(OpError::inconsistent(text));
        }
        goes[axis] = true;
    }
    let left = shape.dims().iter().zip(goes).filter(|&(_, goes)| !goes);
    movement::shape(left.map(|(&dim, _)| dim).collect())
}

/// With a new axis of size 1.
fn expanded(shape: &Shape, number: i64) -> Result<Shape, OpError> {
    let mut dims = shape.dims().to_vec();
    dims.insert(axis(number, dims.len() + 1)?, 1);
    movement::shape(dims)
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
    fn axes_of_size_1_go() {
        let shape = Shape::new([1, 3, 1]).unwrap();
        let check = |axes: &[i64], expected: Option<&[usize]>| {
            let found = squeezed(&shape, axes).ok();
            assert_eq!(found.as_ref().map(Shape::dims), expected, "{axes:?}");
        };
        check(&[], Some(&[3]));
        check(&[-1], Some(&[1, 3]));
        check(&[0, 0], Some(&[3, 1]));
        check(&[1], None);
        check(&[i64::MIN], None);
    }

    #[test]
    fn a_new_axis_has_size_1() {
        let shape = Shape::new([2, 3]).unwrap();
        let dims = |number| expanded(&shape, number).ok().map(|shape| shape.dims().to_vec());
        assert_eq!(dims(-1), Some(vec![2, 3, 1]));
        assert_eq!(dims(0), Some(vec![1, 2, 3]));
        assert_eq!(dims(3), None);
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
