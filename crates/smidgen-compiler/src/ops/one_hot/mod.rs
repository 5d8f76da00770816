//! `ONE_HOT`: for each index, a row that has one value at the index and another elsewhere.
//!
//! Inputs: the value at the index; the value elsewhere; indices. Output: the indices' shape with a
//! new axis. An index outside the axis marks nothing.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, index};
use super::common::{COMMON, INDEX, MOVE};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::for_each_dtype;
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Attributes of marked indices.
#[derive(Debug, Clone, PartialEq)]
pub struct OneHot {
    /// The new axis.
    pub axis: usize,
    /// Its length.
    pub depth: usize,
}

const ONE_HOT: Source = Source { file: "smidgen_one_hot.h", text: include_str!("one_hot.h") };

impl OpDef for OneHot {
    const NAME: &'static str = "ONE_HOT";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I32, DType::I64, DType::F32, DType::Bool, DType::U8];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "one_hot_move", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[on, off, indices] = inputs else {
            return Err(OpError::inconsistent("needs three inputs"));
        };
        if (on.shape.elements(), off.shape.elements()) != (1, 1) {
            let text = "the values for an index and for the others must be one element each";
            return Err(OpError::inconsistent(text));
        }
        let mut dims = indices.shape.dims().to_vec();
        if self.axis > dims.len() {
            let text = format!("indices {} cannot have a new axis {}", indices.shape, self.axis);
            return Err(OpError::inconsistent(text));
        }
        dims.insert(self.axis, self.depth);
        Ok(vec![(on.dtype, movement::shape(dims)?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check_first(site, Self::TYPES, 2)?;
        index::check(site, 2, &[])
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let inner = site.output(0).shape.strides()[self.axis];
        let hits: Vec<bool> = index::numbers(inputs[2])
            .chunks(inner)
            .flat_map(|row| (0..self.depth).flat_map(move |d| row.iter().map(move |&i| (d, i))))
            .map(|(depth, index)| usize::try_from(index) == Ok(depth))
            .collect();
        vec![for_each_dtype!(inputs[0], on => marked(&hits, on[0], inputs[1].get()[0]))]
    }
}

fn marked<T: Element>(hits: &[bool], on: T, off: T) -> Data {
    T::data(hits.iter().map(|&hit| if hit { on } else { off }).collect())
}

fn lower(op: &OneHot, site: &Site) -> Lowering {
    let bytes = site.output(0).dtype.bytes();
    let inner = site.output(0).shape.strides()[op.axis];
    let unit = bytes.min(4);
    let args = vec![
        ("on", Arg::Input(0)),
        ("off", Arg::Input(1)),
        ("indices", Arg::Input(2)),
        ("wide", Arg::Int(i32::from(site.input(2).dtype == DType::I64))),
        ("to", Arg::Output(0)),
        ("outer", Arg::size(site.input(2).shape.elements() / inner)),
        ("depth", Arg::size(op.depth)),
        ("inner", Arg::size(inner)),
        ("unit", Arg::size(unit)),
        ("units", Arg::size(bytes / unit)),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON, MOVE, INDEX, ONE_HOT],
        calls: vec![Call { function: "smidgen_one_hot", args }],
        ..Lowered::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check((axis, depth): (usize, usize), on: &[usize], says: &str) {
        let values = [on, &[]].map(|dims| plain(DType::F32, dims));
        let types = [values[0].clone(), values[1].clone(), plain(DType::I32, &[3])];
        let text = problem(OneHot { axis, depth }, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn the_new_axis_must_be_possible() {
        check((2, 4), &[], "cannot have a new axis 2");
        check((1, 0), &[], "zero");
        check((1, usize::MAX), &[], "elements");
        check((1, 4), &[2], "one element each");
    }
}
