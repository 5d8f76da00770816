//! Greatest and least elements, and running sums.

use super::activation::only;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::arg_max::ArgMax;
use crate::ops::cumsum::Cumsum;
use crate::ops::elementwise::Function as F;
use crate::ops::import::axis;
use crate::ops::one_hot::OneHot;
use crate::ops::reverse_sequence::ReverseSequence;
use crate::ops::slice::{Cut, Slice};
use crate::ops::top_k::TopK;
use crate::tensor::{DType, Data, Shape};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("ArgMax", |b| arg(b, false)),
    row("ArgMin", |b| arg(b, true)),
    row("CumSum", cumsum),
    row("Hardmax", hardmax),
    row("OneHot", one_hot),
    row("ReverseSequence", reverse_sequence),
    row("TopK", top_k),
];

/// Where the greatest or least element stands, of equal ones the first or the last.
fn arg(b: &mut Build, least: bool) -> Outputs {
    let mut x = b.input(0)?;
    let mut dims = b.dims(x);
    let axis = axis(b.layer.integer("axis")?.unwrap_or(0), dims.len())?;
    let last = b.layer.flag("select_last_index", false)?;
    if last {
        x = reversed(b, x, axis)?;
    }
    let mut found = b.apply(ArgMax { axis, least, index: DType::I64 }, &[x])?;
    if last {
        let end = b.value(Shape::scalar(), Data::I64(vec![dims[axis] as i64 - 1]));
        found = b.subtract(end, found)?;
    }
    if b.layer.flag("keepdims", true)? {
        dims[axis] = 1;
        found = b.reshape(found, dims)?;
    }
    Ok(only(found))
}

/// The elements along an axis, last first.
pub(super) fn reversed(b: &mut Build, x: Term, axis: usize) -> Result<Term, OpError> {
    let shape = b.ty(x).shape.clone();
    let cut = |(at, &count): (usize, &usize)| {
        if at == axis {
            Cut { start: count - 1, step: -1, count }
        } else {
            Cut { start: 0, step: 1, count }
        }
    };
    let cuts = shape.dims().iter().enumerate().map(cut).collect();
    b.apply(Slice { cuts, shape, moved: None }, &[x])
}

fn cumsum(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let [number] = b.integers(1)?[..] else {
        return Err(OpError::inconsistent("input 1 must be one axis"));
    };
    let axis = axis(number, b.dims(x).len())?;
    let exclusive = b.layer.flag("exclusive", false)?;
    let reverse = b.layer.flag("reverse", false)?;
    b.apply(Cumsum { axis, exclusive, reverse }, &[x]).map(only)
}

/// 1 where the first greatest element of a line stands, 0 elsewhere. Before version 13, lines are all
/// that follows the axis.
fn hardmax(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (lines, back) = lines(b, x)?;
    let dims = b.dims(lines);
    let axis = dims.len() - 1;
    let found = b.apply(ArgMax { axis, least: false, index: DType::I32 }, &[lines])?;
    let (on, off) = (b.float(1.0), b.float(0.0));
    let marked = b.apply(OneHot { axis, depth: dims[axis] }, &[on, off, found])?;
    back.restore(b, marked).map(only)
}

/// How a tensor was before its lines came last.
pub(super) struct Lines {
    dims: Vec<usize>,
    axis: Option<usize>,
}

/// A tensor whose last axis is the lines that a softmax works on.
pub(super) fn lines(b: &mut Build, x: Term) -> Result<(Term, Lines), OpError> {
    let dims = b.dims(x);
    if b.layer.opset() < 13 {
        let number = b.layer.integer("axis")?.unwrap_or(1);
        let at = if number == dims.len() as i64 { dims.len() } else { axis(number, dims.len())? };
        let product = |dims: &[usize]| dims.iter().product();
        let flat = b.reshape(x, [product(&dims[..at]), product(&dims[at..])])?;
        return Ok((flat, Lines { dims, axis: None }));
    }
    let axis = axis(b.layer.integer("axis")?.unwrap_or(-1), dims.len())?;
    let last = b.transpose(x, &swap(dims.len(), axis))?;
    Ok((last, Lines { dims, axis: Some(axis) }))
}

/// The permutation that exchanges an axis with the last one.
fn swap(rank: usize, axis: usize) -> Vec<usize> {
    let mut permutation: Vec<usize> = (0..rank).collect();
    permutation.swap(axis, rank - 1);
    permutation
}

impl Lines {
    /// The tensor as it was.
    pub(super) fn restore(&self, b: &mut Build, x: Term) -> Result<Term, OpError> {
        match self.axis {
            Some(axis) => b.transpose(x, &swap(self.dims.len(), axis)),
            None => b.reshape(x, self.dims.clone()),
        }
    }
}

fn one_hot(b: &mut Build) -> Outputs {
    let (indices, values) = (b.input(0)?, b.input(2)?);
    let depth = b.constant(b.input(1)?).and_then(|depth| match depth {
        Data::F32(list) => list.first().map(|&depth| depth as i64),
        other => other.integers()?.first().copied(),
    });
    let depth = depth.and_then(|depth| usize::try_from(depth).ok()).filter(|&depth| depth > 0);
    let depth =
        depth.ok_or_else(|| OpError::unsupported("the depth must be a positive constant"))?;
    let rank = b.dims(indices).len();
    let axis = axis(b.layer.integer("axis")?.unwrap_or(-1), rank + 1)?;
    let part = |at: usize| Slice {
        cuts: vec![Cut { start: at, step: 1, count: 1 }],
        shape: Shape::scalar(),
        moved: None,
    };
    let (off, on) = (b.apply(part(0), &[values])?, b.apply(part(1), &[values])?);
    let mut places = indices;
    if b.dtype(places) == DType::F32 {
        places = b.cast(places, DType::I64)?;
    }
    // Negative indices count from the end.
    let zero = b.number(0, places)?;
    let length = b.number(depth as i64, places)?;
    let wrapped = b.add(places, length)?;
    let is_negative = b.compare(crate::ops::compare::Relation::Less, places, zero)?;
    let places = b.choose(is_negative, wrapped, places)?;
    b.apply(OneHot { axis, depth }, &[on, off, places]).map(only)
}

fn reverse_sequence(b: &mut Build) -> Outputs {
    let (x, lengths) = (b.input(0)?, b.input(1)?);
    let rank = b.dims(x).len();
    let sequence = axis(b.layer.integer("time_axis")?.unwrap_or(0), rank)?;
    let batch = axis(b.layer.integer("batch_axis")?.unwrap_or(1), rank)?;
    b.apply(ReverseSequence { sequence, batch }, &[x, lengths]).map(only)
}

/// Least elements are the greatest of the negated ones.
fn top_k(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let k = match b.layer.integer("k")? {
        Some(k) => k,
        None => *b.integers(1)?.first().ok_or_else(|| OpError::inconsistent("`k` is empty"))?,
    };
    let k = usize::try_from(k).map_err(|_| OpError::inconsistent(format!("`k` is {k}")))?;
    let rank = b.dims(x).len();
    let axis = axis(b.layer.integer("axis")?.unwrap_or(-1), rank)?;
    let largest = b.layer.flag("largest", true)?;
    let turned = if largest { x } else { b.function(F::Neg, x)? };
    let permutation = swap(rank, axis);
    let turned = b.transpose(turned, &permutation)?;
    let found = b.apply_all(TopK { k, index: DType::I32 }, &[turned])?;
    let values = b.transpose(found[0], &permutation)?;
    let values = if largest { values } else { b.function(F::Neg, values)? };
    let places = b.transpose(found[1], &permutation)?;
    let places = b.cast(places, DType::I64)?;
    Ok(vec![values, places])
}
