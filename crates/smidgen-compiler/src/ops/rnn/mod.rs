//! `UNIDIRECTIONAL_SEQUENCE_RNN`, `BIDIRECTIONAL_SEQUENCE_RNN`, `RNN` and `GRU`: a layer whose output is
//! part of its next input, over sequences of vectors.
//!
//! Inputs: sequences of float32 (see [`Sequence`]); then for each direction weights
//! `[gates units, inputs]`, recurrent weights `[gates units, units]`, biases (see [`Cell`]), all
//! constant, and the hidden state `[batch, units]`. Outputs: the sequences of outputs, of both directions
//! side by side if they are merged; then the new hidden states.

pub(super) mod cases;
mod cell;
mod export;
mod import;

pub use self::cell::Cell;
use self::cell::Parameters;
pub use super::common::sequence::{Function, Nonlinearity};
use super::common::sequence::{Sequence, expect_constant, expect_shape, resized};
use super::common::{COMMON, FLOAT_MATH, RECURRENT_F32};
use super::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a recurrent layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rnn {
    /// Which operator it is.
    pub function: Function,
    /// Whether time is the first axis, before the batch.
    pub time_major: bool,
    /// What a step computes.
    pub cell: Cell,
}

/// Operands of each direction.
const OPERANDS: usize = 4;

/// Position of operand `which` of a direction: weights, recurrent weights, bias, hidden state.
fn operand(direction: usize, which: usize) -> usize {
    1 + direction * OPERANDS + which
}

/// Elements of a direction's hidden state.
fn units(site: &Site, direction: usize) -> usize {
    site.input(operand(direction, 3)).shape.last()
}

impl OpDef for Rnn {
    const NAME: &'static str = "RNN";
    const TYPES: &'static [DType] = &[DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "rnn_f32",
            needs: &[],
            accepts: |op, _| matches!(op.cell, Cell::Plain(_)),
            lower: Self::lower,
        },
        Kernel { name: "gru_f32", needs: &[], accepts: |_, _| true, lower: Self::lower },
    ];

    fn name(&self) -> &'static str {
        match self.function {
            _ if matches!(self.cell, Cell::Gated { .. }) => "GRU",
            Function::Step => "RNN",
            Function::Forward => "UNIDIRECTIONAL_SEQUENCE_RNN",
            Function::Both { .. } => "BIDIRECTIONAL_SEQUENCE_RNN",
        }
    }

    fn updates(&self) -> Vec<usize> {
        (0..self.function.directions()).map(|direction| operand(direction, 3)).collect()
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let directions = self.function.directions();
        if inputs.len() != operand(directions, 0) {
            let text = format!("needs {} operands, not {}", operand(directions, 0), inputs.len());
            return Err(OpError::inconsistent(text));
        }
        let sequence = Sequence::new(&inputs[0].shape, self.time_major)?;
        let mut sizes = Vec::new();
        for direction in 0..directions {
            let shape = |which| inputs[operand(direction, which)].shape.dims();
            let Some(&units) = shape(3).last() else {
                return Err(OpError::inconsistent("the hidden state must have 2 dimensions"));
            };
            let [rows, biases] = [self.cell.gates(), self.cell.biases()].map(|n| n * units);
            let wanted: [&[usize]; OPERANDS] =
                [&[rows, sequence.size], &[rows, units], &[biases], &[sequence.batch, units]];
            for (which, wanted) in wanted.into_iter().enumerate() {
                expect_shape(operand(direction, which), shape(which), wanted)?;
            }
            sizes.push(units);
        }
        let states: Vec<_> = (0..directions).map(|d| inputs[operand(d, 3)]).collect();
        if self.function.outputs() < directions {
            sizes = vec![sizes.iter().sum()];
        }
        let outputs = sizes
            .into_iter()
            .map(|size| resized(&inputs[0].shape, size).map(|shape| (inputs[0].dtype, shape)));
        outputs.chain(states.iter().map(|ty| Ok((ty.dtype, ty.shape.clone())))).collect()
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES)?;
        for direction in 0..self.function.directions() {
            for which in 0..OPERANDS - 1 {
                expect_constant(site, operand(direction, which))?;
            }
        }
        Ok(())
    }

    fn macs(&self, site: &Site) -> u64 {
        let sequence = self.sequence(site);
        let steps = (sequence.batch * sequence.time) as u64;
        let weights = (0..self.function.directions()).map(|direction| {
            let units = units(site, direction);
            (self.cell.gates() * units * (sequence.size + units)) as u64
        });
        steps * weights.sum::<u64>()
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let count = self.function.outputs();
        let mut outputs: Vec<Vec<f32>> =
            (0..count).map(|k| vec![0.0; site.output(k).shape.elements()]).collect();
        let mut states = Vec::new();
        let mut column = 0;
        for direction in 0..self.function.directions() {
            let output = direction.min(count - 1);
            let width = site.output(output).shape.last();
            let from = if count == 1 { column } else { 0 };
            let mut hidden = inputs[operand(direction, 3)].get::<f32>().to_vec();
            self.run(site, inputs, direction, &mut hidden, |vector, values| {
                let start = vector * width + from;
                outputs[output][start..start + values.len()].copy_from_slice(values);
            });
            column += units(site, direction);
            states.push(Data::F32(hidden));
        }
        outputs.into_iter().map(Data::F32).chain(states).collect()
    }
}

impl Rnn {
    fn sequence(&self, site: &Site) -> Sequence {
        Sequence::new(&site.input(0).shape, self.time_major).expect("the shape has been checked")
    }

    /// Runs one direction; `write` takes the number of an output vector and its elements.
    fn run(
        &self,
        site: &Site,
        inputs: &[&Data],
        direction: usize,
        hidden: &mut [f32],
        mut write: impl FnMut(usize, &[f32]),
    ) {
        let data = |which| inputs[operand(direction, which)].get::<f32>();
        let parameters = Parameters { weights: data(0), recurrent: data(1), bias: data(2) };
        let (sequence, units) = (self.sequence(site), units(site, direction));
        let x = inputs[0].get::<f32>();
        for (batch, hidden) in hidden.chunks_exact_mut(units).enumerate() {
            for vector in sequence.steps(batch, direction == 1) {
                let x = &x[vector * sequence.size..][..sequence.size];
                hidden.copy_from_slice(&self.cell.step(parameters, x, hidden));
                write(vector, hidden);
            }
        }
    }

    fn lower(&self, site: &Site) -> Lowering {
        let (sequence, count) = (self.sequence(site), self.function.outputs());
        let (function, source) = match self.cell {
            Cell::Plain(_) => ("smidgen_rnn_f32", F32),
            Cell::Gated { .. } => ("smidgen_gru_f32", GRU_F32),
        };
        let sources = vec![COMMON, FLOAT_MATH, RECURRENT_F32, source];
        let mut lowered = Lowered { sources, ..Lowered::default() };
        let mut column = 0;
        for direction in 0..self.function.directions() {
            let units = units(site, direction);
            let output = direction.min(count - 1);
            let from = if count == 1 { column } else { 0 };
            let first = lowered.constants.len();
            lowered.constants.extend(self.constants(site, direction));
            let scratch = self.cell.scratch_bytes(units);
            lowered.scratch_bytes = lowered.scratch_bytes.max(scratch);
            let mut args = vec![
                ("x", Arg::Input(0)),
                ("weights", Arg::Constant(first)),
                ("bias", Arg::Constant(first + 1)),
                ("hidden", Arg::Output(count + direction)),
            ];
            args.extend((scratch > 0).then_some(("scratch", Arg::Scratch)));
            args.push(("y", Arg::OutputAt(output, from)));
            args.extend(sequence.args(direction == 1));
            args.push(("units", Arg::size(units)));
            args.push(("width", Arg::size(site.output(output).shape.last())));
            args.extend(self.cell.args());
            lowered.calls.push(Call { function, args });
            column += units;
        }
        Lowering::Code(lowered)
    }

    /// Weights with the recurrent ones behind each row, and biases.
    fn constants(&self, site: &Site, direction: usize) -> [Constant; 2] {
        let data = |which| {
            let data = site.constant(operand(direction, which));
            data.expect("constants have been checked").get::<f32>()
        };
        let (inputs, units) = (self.sequence(site).size, units(site, direction));
        let rows = data(0).chunks_exact(inputs).zip(data(1).chunks_exact(units));
        let weights = rows.flat_map(|(weights, recurrent)| [weights, recurrent].concat()).collect();
        let names = [["weights", "bias"], ["backward_weights", "backward_bias"]][direction];
        let weight = |name, data| Constant { name, is_weight: true, data: CArray::F32(data) };
        [weight(names[0], weights), weight(names[1], data(2).to_vec())]
    }
}

const F32: Source = Source { file: "smidgen_rnn_f32.h", text: include_str!("rnn_f32.h") };
const GRU_F32: Source = Source { file: "smidgen_gru_f32.h", text: include_str!("gru_f32.h") };
