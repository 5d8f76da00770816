//! What a recurrent layer computes in a step, and the sizes of its parameters.

use super::Nonlinearity;
use crate::ops::Arg;
use crate::ops::common::float_math::{logistic, tanh};
use crate::ops::common::sequence::dot;

/// What turns an input vector and the hidden state into the next hidden state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A function of sums.
    Plain(Nonlinearity),
    /// A GRU: an update gate says how much of the hidden state stays, and a reset gate how much of it
    /// the candidate sees.
    Gated {
        /// Whether the reset gate scales the hidden state, and not what the candidate's weights make of
        /// it.
        resets_first: bool,
    },
}

/// The parameters of a layer: rows of weights for the input and for the hidden state, and biases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters<'a> {
    pub weights: &'a [f32],
    pub recurrent: &'a [f32],
    pub bias: &'a [f32],
}

impl Cell {
    /// Rows of weights for each unit.
    pub(super) fn gates(self) -> usize {
        match self {
            Self::Plain(_) => 1,
            Self::Gated { .. } => 3,
        }
    }

    /// Biases for each unit: those of a GRU's candidate are apart for the input and the hidden state.
    pub(super) fn biases(self) -> usize {
        match self {
            Self::Plain(_) => 1,
            Self::Gated { .. } => 4,
        }
    }

    /// Bytes of scratch memory for `units`.
    pub(super) fn scratch_bytes(self, units: usize) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Gated { .. } => 8 * units,
        }
    }

    /// The arguments of its kernel that say what it computes.
    pub(super) fn args(self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::Plain(activation) => activation.args().to_vec(),
            Self::Gated { resets_first } => vec![("resets_first", Arg::Int(resets_first.into()))],
        }
    }

    /// The next hidden state.
    pub(super) fn step(self, parameters: Parameters, x: &[f32], hidden: &[f32]) -> Vec<f32> {
        let units = hidden.len();
        let Parameters { weights, recurrent, bias } = parameters;
        let of_input = |row: usize| dot(bias[row], x, &weights[row * x.len()..][..x.len()]);
        let of_state =
            |sum, state: &[f32], row: usize| dot(sum, state, &recurrent[row * units..][..units]);
        match self {
            Self::Plain(activation) => {
                let next = |row| activation.apply(of_state(of_input(row), hidden, row));
                (0..units).map(next).collect()
            }
            Self::Gated { resets_first } => {
                let gate = |row| logistic(of_state(of_input(row), hidden, row));
                let update: Vec<f32> = (0..units).map(gate).collect();
                let mut reset: Vec<f32> = (units..2 * units).map(gate).collect();
                if resets_first {
                    reset.iter_mut().zip(hidden).for_each(|(reset, h)| *reset *= h);
                }
                let next = |k: usize| {
                    let row = 2 * units + k;
                    let state = if resets_first { &reset } else { hidden };
                    let past = of_state(bias[3 * units + k], state, row);
                    let past = if resets_first { past } else { past * reset[k] };
                    let candidate = tanh(of_input(row) + past);
                    candidate + update[k] * (hidden[k] - candidate)
                };
                (0..units).map(next).collect()
            }
        }
    }
}
