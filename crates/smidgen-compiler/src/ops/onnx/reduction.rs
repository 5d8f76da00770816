//! Reductions along some axes.

use super::activation::only;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::elementwise::Function as F;
use crate::ops::import::axis;
use crate::ops::reduce::Function as R;
use crate::tensor::{DType, Quant};

type Outputs = Result<Vec<Term>, OpError>;
type Step = fn(&mut Build<'_>, Term) -> Result<Term, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("ReduceL1", |b| reduce(b, |b, x| b.function(F::Abs, x), R::Sum, keep)),
    row("ReduceL2", |b| {
        reduce(b, |b, x| b.function(F::Square, x), R::Sum, |b, x| b.function(F::Sqrt, x))
    }),
    row("ReduceLogSum", |b| reduce(b, keep, R::Sum, |b, x| b.function(F::Log, x))),
    row("ReduceLogSumExp", log_sum_exp),
    row("ReduceMax", |b| reduce(b, keep, R::Max, keep)),
    row("ReduceMean", |b| reduce(b, keep, R::Mean, keep)),
    row("ReduceMin", |b| reduce(b, keep, R::Min, keep)),
    row("ReduceProd", |b| reduce(b, keep, R::Product, keep)),
    row("ReduceSum", |b| reduce(b, keep, R::Sum, keep)),
    row("ReduceSumSquare", |b| reduce(b, |b, x| b.function(F::Square, x), R::Sum, keep)),
];

#[expect(clippy::unnecessary_wraps, reason = "it stands where other steps can fail")]
fn keep(_: &mut Build, x: Term) -> Result<Term, OpError> {
    Ok(x)
}

/// The axes of a reduction, ascending; they are an input since some version, an attribute before.
pub(super) fn axes(b: &Build, rank: usize) -> Result<Vec<usize>, OpError> {
    let stated = match b.layer.integers("axes")? {
        Some(list) => Some(list),
        None => b.optional_integers(1)?,
    };
    let Some(list) = stated.filter(|list| !list.is_empty()) else {
        let none = b.layer.flag("noop_with_empty_axes", false)?;
        return Ok(if none { Vec::new() } else { (0..rank).collect() });
    };
    let mut axes = list.iter().map(|&number| axis(number, rank)).collect::<Result<Vec<_>, _>>()?;
    axes.sort_unstable();
    axes.dedup();
    Ok(axes)
}

fn reduce(b: &mut Build, before: Step, function: R, after: Step) -> Outputs {
    let x = b.input(0)?;
    let axes = axes(b, b.dims(x).len())?;
    let keep_dims = b.layer.flag("keepdims", true)?;
    let dtype = b.dtype(x);
    // Small integers mean themselves here.
    let wide = match dtype {
        DType::I8 | DType::U8 | DType::I16 | DType::Bool if b.ty(x).quant == Quant::None => {
            b.cast(x, DType::I32)?
        }
        _ => x,
    };
    let terms = before(b, wide)?;
    let sum = if axes.is_empty() { terms } else { b.reduce(function, terms, &axes, keep_dims)? };
    let result = after(b, sum)?;
    b.cast(result, dtype).map(only)
}

/// `m + log(sum(e^(x - m)))` with the greatest element `m`, which does not overflow.
fn log_sum_exp(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let axes = axes(b, b.dims(x).len())?;
    let keep_dims = b.layer.flag("keepdims", true)?;
    let most = b.reduce(R::Max, x, &axes, true)?;
    let less = b.subtract(x, most)?;
    let powers = b.function(F::Exp, less)?;
    let sum = b.reduce(R::Sum, powers, &axes, keep_dims)?;
    let log = b.function(F::Log, sum)?;
    let dims = b.dims(log);
    let most = b.reshape(most, dims)?;
    b.add(most, log).map(only)
}
