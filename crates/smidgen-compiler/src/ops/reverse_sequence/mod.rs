//! `REVERSE_SEQUENCE`: turns around the start of each batch's sequence.
//!
//! Inputs: any tensor; how many elements of the sequence are turned around in each batch. A length
//! below 0 counts as 0, one beyond the sequence as all of it. Output: the same shape.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, index};
use super::common::{COMMON, INDEX, MOVE};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of reversed sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct ReverseSequence {
    /// The axis of the sequences.
    pub sequence: usize,
    /// The axis of the batches, another one.
    pub batch: usize,
}

const REVERSE: Source =
    Source { file: "smidgen_reverse_sequence.h", text: include_str!("reverse_sequence.h") };

impl OpDef for ReverseSequence {
    const NAME: &'static str = "REVERSE_SEQUENCE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::U8];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "reverse_sequence_move", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[x, lengths] = inputs else { return Err(OpError::inconsistent("needs two inputs")) };
        let batches = x.shape.dims().get(self.batch);
        let distinct = self.sequence < x.shape.rank() && self.sequence != self.batch;
        if distinct && batches.is_some_and(|&batches| lengths.shape.dims() == [batches]) {
            return Ok(vec![(x.dtype, x.shape.clone())]);
        }
        Err(OpError::inconsistent(format!(
            "lengths {} do not go with sequences along axis {} and batches along axis {} of {}",
            lengths.shape, self.sequence, self.batch, x.shape
        )))
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let place = |axis| axes.iter().position(|&source| source == axis);
        Some(Self { sequence: place(self.sequence)?, batch: place(self.batch)? })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check_first(site, Self::TYPES, 1)?;
        index::check(site, 1, &[])
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let shape = &site.input(0).shape;
        let strides = shape.strides();
        let (step, all) = (strides[self.sequence], shape[self.sequence]);
        let lengths = index::numbers(inputs[1]);
        let source = |element: usize| {
            let along = |axis: usize| element / strides[axis] % shape[axis];
            let length = lengths[along(self.batch)].max(0);
            let length = usize::try_from(length).map_or(all, |length| length.min(all));
            let at = along(self.sequence);
            if at < length { element - at * step + (length - 1 - at) * step } else { element }
        };
        vec![movement::rows(inputs[0], (0..shape.elements()).map(source), 1)]
    }
}

fn lower(op: &ReverseSequence, site: &Site) -> Lowering {
    let shape = &site.input(0).shape;
    let (dims, strides) = (shape.dims(), shape.strides());
    let bytes = site.input(0).dtype.bytes();
    let (low, high) = (op.sequence.min(op.batch), op.sequence.max(op.batch));
    let align = if site.constant(0).is_some() { bytes.min(4) } else { 4 };
    let unit = movement::unit((strides[high] * bytes) | align);
    let product = |dims: &[usize]| Arg::size(dims.iter().product());
    let args = vec![
        ("from", Arg::Input(0)),
        ("lengths", Arg::Input(1)),
        ("wide", Arg::Int(i32::from(site.input(1).dtype == DType::I64))),
        ("to", Arg::Output(0)),
        ("outer", product(&dims[..low])),
        ("first", Arg::size(dims[low])),
        ("middle", product(&dims[low + 1..high])),
        ("second", Arg::size(dims[high])),
        ("first_is_batch", Arg::Int(i32::from(op.batch < op.sequence))),
        ("step", Arg::size(strides[op.sequence] * bytes)),
        ("unit", Arg::size(unit)),
        ("units", Arg::size(strides[high] * bytes / unit)),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON, MOVE, INDEX, REVERSE],
        calls: vec![Call { function: "smidgen_reverse_sequence", args }],
        ..Lowered::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check((sequence, batch): (usize, usize), lengths: &[usize]) {
        let types = [plain(DType::F32, &[2, 3]), plain(DType::I32, lengths)];
        let text = problem(ReverseSequence { sequence, batch }, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains("do not go with")), "{text:?}");
    }

    #[test]
    fn lengths_must_go_with_batches() {
        check((0, 0), &[2]);
        check((1, 0), &[3]);
        check((2, 0), &[2]);
        check((0, 2), &[2]);
    }
}
