//! `TOPK_V2`: the greatest elements along the last axis, in descending order, and where they stand.
//!
//! Input: a tensor of rank 1 or more. Outputs: the elements, and their indices as int32 or int16; of
//! equal elements the first comes first.

pub(super) mod cases;
mod export;
mod import;

use super::common::COMMON;
use super::common::movement;
use super::common::order::{self, ORDER};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::for_each_dtype;
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Attributes of a selection of the greatest elements.
#[derive(Debug, Clone, PartialEq)]
pub struct TopK {
    /// How many elements of each line are selected, at least 1.
    pub k: usize,
    /// Element type of the indices: int16 or int32.
    pub index: DType,
}

impl OpDef for TopK {
    const NAME: &'static str = "TOPK_V2";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::F32, DType::I32, DType::I64];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "top_k", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let mut dims = x.shape.dims().to_vec();
        let length = dims.last_mut().filter(|length| **length >= self.k && self.k > 0);
        let Some(length) = length else {
            let text =
                format!("cannot select {} elements along the last axis of {}", self.k, x.shape);
            return Err(OpError::inconsistent(text));
        };
        *length = self.k;
        let shape = movement::shape(dims)?;
        Ok(vec![(x.dtype, shape.clone()), (self.index, shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.input_dtype(Self::TYPES)?;
        let longest = match self.index {
            DType::I16 => 1 << 15,
            DType::I32 => usize::MAX,
            other => {
                let text = format!("indices must have type int16 or int32, not `{other}`");
                return Err(OpError::unsupported(text));
            }
        };
        let length = site.input(0).shape.last();
        if length > longest {
            return Err(OpError::inconsistent(format!("int16 cannot index {length} elements")));
        }
        if site.input(0).quant != site.output(0).quant {
            return Err(OpError::inconsistent(
                "input and output 0 must have the same quantisation",
            ));
        }
        Ok(())
    }

    fn work(&self, site: &Site) -> u64 {
        (site.input(0).shape.elements() as u64).saturating_mul(self.k as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let length = site.input(0).shape.last();
        let (values, indices) = for_each_dtype!(inputs[0], x => self.select(length, x));
        vec![values, order::indices(self.index, &indices)]
    }
}

impl TopK {
    fn select<T: Element + PartialOrd>(&self, length: usize, x: &[T]) -> (Data, Vec<usize>) {
        let (mut values, mut indices) = (Vec::new(), Vec::new());
        for line in x.chunks(length) {
            let mut best: Vec<usize> = Vec::new();
            for (index, x) in line.iter().enumerate() {
                let smaller = best.iter().rev().take_while(|&&other| *x > line[other]).count();
                best.insert(best.len() - smaller, index);
                best.truncate(self.k);
            }
            values.extend(best.iter().map(|&index| line[index]));
            indices.extend(best);
        }
        (T::data(values), indices)
    }
}

const SOURCE: Source = Source { file: "smidgen_top_k.h", text: include_str!("top_k.h") };

fn lower(op: &TopK, site: &Site) -> Lowering {
    let shape = &site.input(0).shape;
    let args = vec![
        ("x", Arg::Input(0)),
        ("values", Arg::Output(0)),
        ("indices", Arg::Output(1)),
        ("rows", Arg::size(shape.elements() / shape.last())),
        ("length", Arg::size(shape.last())),
        ("k", Arg::size(op.k)),
        ("type", order::element_type(site.input(0).dtype)),
        ("bytes", Arg::size(site.input(0).dtype.bytes())),
        ("index_bytes", Arg::size(op.index.bytes())),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON, ORDER, SOURCE],
        calls: vec![Call { function: "smidgen_top_k", args }],
        ..Lowered::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};
    use crate::tensor::Quant;

    fn check(k: usize, index: DType, x: TensorType, quant: Quant, says: &str) {
        let text = problem(TopK { k, index }, &[x], &[quant, Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn there_must_be_enough_elements() {
        check(4, DType::I32, plain(DType::F32, &[2, 3]), Quant::None, "select 4");
        check(0, DType::I32, plain(DType::F32, &[2, 3]), Quant::None, "select 0");
        check(1, DType::I32, plain(DType::F32, &[]), Quant::None, "select 1");
    }

    #[test]
    fn indices_must_fit() {
        check(1, DType::I16, plain(DType::F32, &[40_000]), Quant::None, "int16");
        check(1, DType::I8, plain(DType::F32, &[4]), Quant::None, "int16 or int32");
    }

    #[test]
    fn values_keep_their_scale() {
        check(1, DType::I32, int8(&[4], 0.5, 0), Quant::None, "same quantisation");
    }
}
