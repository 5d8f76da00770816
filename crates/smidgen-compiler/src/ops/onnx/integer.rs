//! Products of small integers that mean themselves, and quantisation whose scale is computed.
//!
//! Sums of products are computed in floats, which hold them exactly, and where there are too many for
//! that in parts.

use super::activation::only;
use super::build::shape;
use super::convolution::conv_of;
use super::matrix::multiply_matrices;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::compare::Relation;
use crate::ops::elementwise::Function as F;
use crate::ops::reduce::Function as R;
use crate::ops::slice::{Cut, Slice};
use crate::tensor::DType;

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("ConvInteger", conv_integer),
    row("DynamicQuantizeLinear", dynamic_quantize),
    row("MatMulInteger", matmul_integer),
];

/// Those of domain `com.microsoft`.
pub(super) const MICROSOFT: &[Row] =
    &[row("DynamicQuantizeMatMul", dynamic_matmul), row("MatMulIntegerToFloat", matmul_to_float)];

/// Products of numbers of 8 bits, less zero points, whose sums single precision holds.
const EXACT: usize = (1 << 24) / (255 * 255);

/// Integers less their zero point as floats. Zero points along an axis stand for that one.
fn centred(
    b: &mut Build,
    x: Term,
    zero_point: Option<Term>,
    along: usize,
) -> Result<Term, OpError> {
    let rank = b.dims(x).len();
    let real = b.cast(x, DType::F32)?;
    let Some(zero_point) = zero_point else { return Ok(real) };
    let mut zero_point = b.cast(zero_point, DType::F32)?;
    if let [count] = b.dims(zero_point)[..]
        && count > 1
    {
        let mut dims = vec![1; rank];
        *dims
            .get_mut(along)
            .ok_or_else(|| OpError::inconsistent("zero points without an axis"))? = count;
        zero_point = b.reshape(zero_point, dims)?;
    }
    b.subtract(real, zero_point)
}

fn conv_integer(b: &mut Build) -> Outputs {
    let (x, filter) = (b.input(0)?, b.input(1)?);
    let taps: usize = b.dims(filter).iter().skip(1).product();
    if taps > EXACT {
        return Err(OpError::unsupported(format!("filters of {taps} weights are not supported")));
    }
    let x = centred(b, x, b.optional(2), 1)?;
    let filter = centred(b, filter, b.optional(3), 0)?;
    let sum = conv_of(b, x, filter, None)?;
    b.cast(sum, DType::I32).map(only)
}

/// The product of matrices of integers less their zero points, in int32.
fn product(b: &mut Build, places: [usize; 2], zero_points: [usize; 2]) -> Result<Term, OpError> {
    let (x, y) = (b.input(places[0])?, b.input(places[1])?);
    let (left, right) = (b.dims(x), b.dims(y));
    let rows = left.len().saturating_sub(2);
    let columns = right.len().saturating_sub(1);
    let x = centred(b, x, b.optional(zero_points[0]), rows)?;
    let y = centred(b, y, b.optional(zero_points[1]), columns)?;
    let depth = *left.last().ok_or_else(|| OpError::inconsistent("has a factor without axes"))?;
    let mut sum = None;
    for first in (0..depth).step_by(EXACT) {
        let size = EXACT.min(depth - first);
        let x = part(b, x, left.len() - 1, first, size)?;
        let y = part(b, y, right.len().saturating_sub(2), first, size)?;
        let product = multiply_matrices(b, x, y)?;
        let product = b.cast(product, DType::I32)?;
        sum = Some(match sum {
            Some(sum) => b.add(sum, product)?,
            None => product,
        });
    }
    sum.ok_or_else(|| OpError::inconsistent("has factors without elements"))
}

/// `size` elements of an axis.
fn part(b: &mut Build, x: Term, axis: usize, first: usize, size: usize) -> Result<Term, OpError> {
    let mut dims = b.dims(x);
    if dims[axis] == size {
        return Ok(x);
    }
    let whole = |&count: &usize| Cut { start: 0, step: 1, count };
    let mut cuts: Vec<Cut> = dims.iter().map(whole).collect();
    cuts[axis] = Cut { start: first, step: 1, count: size };
    dims[axis] = size;
    b.apply(Slice { cuts, shape: shape(dims)?, moved: None }, &[x])
}

fn matmul_integer(b: &mut Build) -> Outputs {
    product(b, [0, 1], [2, 3]).map(only)
}

/// `sum * (scale of a * scale of b) + bias`
fn matmul_to_float(b: &mut Build) -> Outputs {
    let sum = product(b, [0, 1], [4, 5])?;
    let scale = (b.input(2)?, b.input(3)?);
    scaled(b, sum, scale, b.optional(6)).map(only)
}

fn scaled(
    b: &mut Build,
    sum: Term,
    (left, right): (Term, Term),
    bias: Option<Term>,
) -> Result<Term, OpError> {
    let sum = b.cast(sum, DType::F32)?;
    let scale = b.multiply(left, right)?;
    let y = b.multiply(sum, scale)?;
    bias.map_or(Ok(y), |bias| b.add(y, bias))
}

/// Quantises what is not constant, then as `MatMulIntegerToFloat`.
fn dynamic_matmul(b: &mut Build) -> Outputs {
    let (x, weights) = (b.input(0)?, b.input(1)?);
    let (integers, scale, zero_point) = quantise(b, x)?;
    let x = b.subtract(integers, zero_point)?;
    let y = centred(b, weights, b.optional(3), b.dims(weights).len() - 1)?;
    let sum = multiply_matrices(b, x, y)?;
    let right = b.input(2)?;
    scaled(b, sum, (scale, right), b.optional(4)).map(only)
}

/// uint8 from 0 to 255 for all between the least and the greatest element, or 0.
fn dynamic_quantize(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (integers, scale, zero_point) = quantise(b, x)?;
    Ok(vec![b.cast(integers, DType::U8)?, scale, b.cast(zero_point, DType::U8)?])
}

/// Integers, their scale and zero point, all as floats.
fn quantise(b: &mut Build, x: Term) -> Result<(Term, Term, Term), OpError> {
    let axes: Vec<usize> = (0..b.dims(x).len()).collect();
    let [zero, one, most] = [0.0, 1.0, 255.0].map(|x| b.float(x));
    let ends = [(R::Max, true), (R::Min, false)].map(|(function, greatest)| {
        let end = b.reduce(function, x, &axes, false)?;
        if greatest { b.greatest(end, zero) } else { b.least(end, zero) }
    });
    let [high, low] = ends;
    let (high, low) = (high?, low?);
    let range = b.subtract(high, low)?;
    let flat = b.compare(Relation::Equal, range, zero)?;
    let scale = b.divide(range, most)?;
    let scale = b.choose(flat, one, scale)?;
    let bounded = |b: &mut Build, x: Term| {
        let x = b.function(F::Round, x)?;
        let x = b.greatest(x, zero)?;
        b.least(x, most)
    };
    let below = b.divide(low, scale)?;
    let above = b.subtract(zero, below)?;
    let zero_point = bounded(b, above)?;
    let steps = b.divide(x, scale)?;
    let steps = b.function(F::Round, steps)?;
    let steps = b.add(steps, zero_point)?;
    let steps = b.greatest(steps, zero)?;
    Ok((b.least(steps, most)?, scale, zero_point))
}
