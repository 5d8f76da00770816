//! `GATHER`, `GATHER_ND` and `EMBEDDING_LOOKUP`: rows of a tensor, chosen by indices.
//!
//! Inputs: any tensor; indices. Output: a row for each index, or for each list of indices; see
//! [`index`] for indices outside the tensor.

pub(super) mod cases;
mod export;
mod import;
mod real;

use super::common::movement;
use super::common::movement::index::{self, Along};
use super::{Arg, Call, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Which indices find a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gather {
    /// One, along an axis.
    Axis {
        /// The axis of the first input; the indices' axes take its place in the output.
        axis: usize,
        /// How many first axes both inputs share; at most `axis`.
        batch_dims: usize,
    },
    /// As many as the indices' last axis has, along the first axes.
    Nd,
    /// One, along the first axis of a table of int8, whose rows become the floats that they stand
    /// for.
    Real,
}

const GATHER: Source = Source { file: "smidgen_gather.h", text: include_str!("gather.h") };

impl OpDef for Gather {
    const NAME: &'static str = "GATHER";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "gather_move", needs: &[], accepts: |_, _| true, lower: gather }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[x, indices] = inputs else { return Err(OpError::inconsistent("needs two inputs")) };
        let dims = self.output(x.shape.dims(), indices.shape.dims()).ok_or_else(|| {
            let text = format!("indices {} choose no rows of {}", indices.shape, x.shape);
            OpError::inconsistent(text)
        })?;
        let dtype = if *self == Self::Real { DType::F32 } else { x.dtype };
        Ok(vec![(dtype, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        match *self {
            Self::Axis { axis, batch_dims: 0 } => {
                let axis = axes.iter().position(|&source| source == axis)?;
                Some(Self::Axis { axis, batch_dims: 0 })
            }
            _ => None,
        }
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if *self == Self::Real {
            real::check(site)?;
        } else {
            movement::check_first(site, Self::TYPES, 1)?;
        }
        index::check(site, 1, &self.rows(site).axes)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let rows = self.rows(site);
        let numbers = index::numbers(inputs[1]);
        let table = (*self == Self::Real).then(|| real::floats(site, inputs[0]));
        let table = table.as_ref().unwrap_or(inputs[0]);
        vec![movement::rows(table, rows.starts(&numbers), rows.length)]
    }
}

/// Where rows lie: `outer` times `count` of them in each of `batches`. Steps count elements.
struct Rows {
    batches: usize,
    batch_step: usize,
    outer: usize,
    outer_step: usize,
    count: usize,
    /// What each index of a row does.
    axes: Vec<Along>,
    length: usize,
}

impl Gather {
    /// Rows along the first axis.
    const FIRST_AXIS: Self = Self::Axis { axis: 0, batch_dims: 0 };

    fn output(self, x: &[usize], indices: &[usize]) -> Option<Vec<usize>> {
        match self {
            Self::Real => Self::FIRST_AXIS.output(x, indices),
            Self::Axis { axis, batch_dims } => {
                let (chosen, rest) = (indices.get(batch_dims..)?, x.get(axis + 1..)?);
                let shared = axis >= batch_dims && x[..batch_dims] == indices[..batch_dims];
                shared.then(|| [&x[..axis], chosen, rest].concat())
            }
            Self::Nd => {
                let (&depth, outer) = indices.split_last()?;
                Some([outer, x.get(depth..)?].concat())
            }
        }
    }

    fn rows(self, site: &Site) -> Rows {
        let (x, indices) = (&site.input(0).shape, &site.input(1).shape);
        let strides = x.strides();
        let product = |dims: &[usize]| -> usize { dims.iter().product() };
        match self {
            Self::Real => Self::FIRST_AXIS.rows(site),
            Self::Axis { axis, batch_dims } => Rows {
                batches: product(&x.dims()[..batch_dims]),
                batch_step: product(&x.dims()[batch_dims..]),
                outer: product(&x.dims()[batch_dims..axis]),
                outer_step: product(&x.dims()[axis..]),
                count: product(&indices.dims()[batch_dims..]),
                axes: vec![Along::axis(x[axis], strides[axis])],
                length: strides[axis],
            },
            Self::Nd => {
                let depth = indices.last();
                let along = x.dims().iter().zip(&strides).take(depth);
                Rows {
                    batches: 1,
                    batch_step: 0,
                    outer: 1,
                    outer_step: 0,
                    count: indices.elements() / depth,
                    axes: along.map(|(&dim, &step)| Along::axis(dim, step)).collect(),
                    length: product(&x.dims()[depth..]),
                }
            }
        }
    }
}

impl Rows {
    /// The first element of each row in order.
    fn starts(&self, numbers: &[i64]) -> impl Iterator<Item = usize> {
        let rows = self.batches * self.outer * self.count;
        (0..rows).map(|row| {
            let (slice, position) = (row / self.count, row % self.count);
            let (batch, outer) = (slice / self.outer, slice % self.outer);
            let first = (batch * self.count + position) * self.axes.len();
            batch * self.batch_step
                + outer * self.outer_step
                + index::place(&self.axes, &numbers[first..])
        })
    }
}

fn gather(op: &Gather, site: &Site) -> Lowering {
    let rows = op.rows(site);
    if *op == Gather::Real {
        return real::lower(&rows, site);
    }
    let bytes = site.input(0).dtype.bytes();
    let (mut lowered, indices) = index::lower(site, 1, &rows.axes, bytes);
    lowered.sources.push(GATHER);
    // A constant is aligned as its elements are, an activation to words.
    let align = if site.constant(0).is_some() { bytes.min(4) } else { 4 };
    let unit = movement::unit((rows.length * bytes) | align);
    let mut args = vec![("from", Arg::Input(0)), ("to", Arg::Output(0))];
    args.extend(indices);
    args.extend([
        ("batches", Arg::size(rows.batches)),
        ("batch_step", Arg::size(rows.batch_step * bytes)),
        ("outer", Arg::size(rows.outer)),
        ("outer_step", Arg::size(rows.outer_step * bytes)),
        ("count", Arg::size(rows.count)),
        ("unit", Arg::size(unit)),
        ("units", Arg::size(rows.length * bytes / unit)),
    ]);
    lowered.calls.push(Call { function: "smidgen_gather", args });
    Lowering::Code(lowered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};
    use crate::tensor::Quant;

    fn check(op: Gather, shapes: [&[usize]; 2], indices: DType, says: &str) {
        let types = [plain(DType::F32, shapes[0]), plain(indices, shapes[1])];
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn indices_must_choose_rows() {
        let along = |axis, batch_dims| Gather::Axis { axis, batch_dims };
        check(along(2, 0), [&[2, 3], &[4]], DType::I32, "choose no rows");
        check(along(1, 1), [&[2, 3], &[4, 1]], DType::I32, "choose no rows");
        check(along(1, 2), [&[2, 3], &[2, 3]], DType::I32, "choose no rows");
        check(Gather::Nd, [&[2, 3], &[4, 3]], DType::I32, "choose no rows");
        check(Gather::Nd, [&[2, 3], &[]], DType::I32, "choose no rows");
        check(along(0, 0), [&[2, 3], &[4]], DType::F32, "must be int32 or int64");
    }

    #[test]
    fn a_real_table_lies_around_zero() {
        let types = [int8(&[2, 3], 0.5, 1), plain(DType::I32, &[4])];
        assert!(problem(Gather::Real, &types, &[Quant::None]).unwrap().contains("zero point"));
    }
}
