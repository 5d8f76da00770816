//! `ARG_MAX` and `ARG_MIN`: where the greatest or least element stands along one axis.
//!
//! Input: a tensor of rank 1 or more. Output: indices of int32 or int64, without the axis; of equal
//! elements the first counts.

pub(super) mod cases;
mod export;
mod import;

use super::common::COMMON;
use super::common::movement;
use super::common::order::{self, Lines, ORDER};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::for_each_dtype;
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a search for the greatest or least element.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgMax {
    /// The axis that goes.
    pub axis: usize,
    /// Whether the least is sought.
    pub least: bool,
    /// Element type of the indices: int32 or int64.
    pub index: DType,
}

impl OpDef for ArgMax {
    const NAME: &'static str = "ARG_MAX";
    const TYPES: &'static [DType] = &[DType::I8, DType::U8, DType::F32, DType::I32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "arg_max", needs: &[], accepts: |_, _| true, lower }];

    fn name(&self) -> &'static str {
        if self.least { "ARG_MIN" } else { Self::NAME }
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        Lines::new(&x.shape, self.axis)?;
        let mut dims = x.shape.dims().to_vec();
        dims.remove(self.axis);
        Ok(vec![(self.index, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let axis = axes.iter().position(|&axis| axis == self.axis)?;
        Some(Self { axis, ..self.clone() })
    }

    fn dropped(&self) -> Vec<usize> {
        vec![self.axis]
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if !matches!(self.index, DType::I32 | DType::I64) {
            let text = format!("indices must have type int32 or int64, not `{}`", self.index);
            return Err(OpError::unsupported(text));
        }
        site.input_dtype(Self::TYPES)
    }

    fn work(&self, site: &Site) -> u64 {
        site.input(0).shape.elements() as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let lines = self.lines(site);
        let found = for_each_dtype!(inputs[0], x => self.search(lines, x));
        vec![order::indices(self.index, &found)]
    }
}

impl ArgMax {
    fn lines(&self, site: &Site) -> Lines {
        Lines::new(&site.input(0).shape, self.axis).expect("the axis has been checked")
    }

    fn search<T: PartialOrd>(&self, lines: Lines, x: &[T]) -> Vec<usize> {
        let best = |start: usize| {
            let at = |index: usize| &x[start + index * lines.inner];
            (1..lines.length).fold(0, |best, index| {
                let (new, old) = (at(index), at(best));
                if if self.least { new < old } else { new > old } { index } else { best }
            })
        };
        lines.starts().map(best).collect()
    }
}

const SOURCE: Source = Source { file: "smidgen_arg_max.h", text: include_str!("arg_max.h") };

fn lower(op: &ArgMax, site: &Site) -> Lowering {
    let mut args = vec![("x", Arg::Input(0)), ("y", Arg::Output(0))];
    args.extend(op.lines(site).args());
    args.extend([
        ("type", order::element_type(site.input(0).dtype)),
        ("least", Arg::Int(op.least.into())),
        ("index_bytes", Arg::size(op.index.bytes())),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, ORDER, SOURCE],
        calls: vec![Call { function: "smidgen_arg_max", args }],
        ..Lowered::default()
    })
}
