//! Layers whose output is part of their next input.

use super::activation::only;
use super::movement::cut;
use super::order::reversed;
use super::{Build, Row, Term, row};
use crate::ops::concatenation::Concatenation;
use crate::ops::lstm::{Form, Lstm};
use crate::ops::rnn::{Cell, Function, Nonlinearity, Rnn};
use crate::ops::slice::Cut;
use crate::ops::{Activation, Op, OpError};
use crate::tensor::{Data, Rounding};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[row("GRU", gru), row("LSTM", lstm), row("RNN", rnn)];

/// A layer: its sizes, and how it goes through the sequences.
struct Layer {
    /// Sequences, already turned round where the layer goes backward.
    x: Term,
    /// Number of directions.
    directions: usize,
    /// Whether it goes backward alone.
    backward: bool,
    /// Whether the batch is the first axis, not time.
    batch_first: bool,
    batch: usize,
    units: usize,
    /// Rows of weights for each unit.
    gates: usize,
}

impl Layer {
    fn new(b: &mut Build, gates: usize) -> Result<Self, OpError> {
        let x = b.input(0)?;
        let known =
            [("forward", (1, false)), ("reverse", (1, true)), ("bidirectional", (2, false))];
        let (directions, backward) = b.layer.choice("direction", "forward", &known)?;
        let batch_first = b.layer.flag("layout", false)?;
        let weights = b.input(2)?;
        let (&[first, second, _], &[stored, rows, units]) = (&b.dims(x)[..], &b.dims(weights)[..])
        else {
            return Err(OpError::inconsistent("inputs 0 and 2 must have 3 dimensions"));
        };
        if stored != directions || rows != gates * units {
            let text = format!("input 2 must have the shape [{directions}, {gates} n, n]");
            return Err(OpError::inconsistent(text));
        }
        let (batch, time) = if batch_first { (first, second) } else { (second, first) };
        check(b, time)?;
        let x = if backward { reversed(b, x, usize::from(batch_first))? } else { x };
        Ok(Self { x, directions, backward, batch_first, batch, units, gates })
    }

    fn function(&self) -> Function {
        if self.directions == 2 { Function::Both { merged: true } } else { Function::Forward }
    }

    /// The rows of the given gates in an input `[directions, gates units, ..]`.
    fn rows(
        &self,
        b: &mut Build,
        input: Term,
        direction: usize,
        gates: std::ops::Range<usize>,
    ) -> Result<Term, OpError> {
        let dims = b.dims(input);
        if dims.first() != Some(&self.directions) || dims.get(1) < Some(&(gates.end * self.units)) {
            let text = format!("parameters must have {} directions", self.directions);
            return Err(OpError::inconsistent(text));
        }
        let mut cuts: Vec<Cut> =
            dims.iter().map(|&count| Cut { start: 0, step: 1, count }).collect();
        cuts[0] = Cut { start: direction, step: 1, count: 1 };
        let count = gates.len() * self.units;
        cuts[1] = Cut { start: gates.start * self.units, step: 1, count };
        let part = cut(b, input, cuts)?;
        b.reshape(part, [&[count], &dims[2..]].concat())
    }

    /// Weights and recurrent weights of some gates.
    fn weights(
        &self,
        b: &mut Build,
        direction: usize,
        gates: &std::ops::Range<usize>,
    ) -> Result<[Term; 2], OpError> {
        let (weights, recurrent) = (b.input(1)?, b.input(2)?);
        Ok([
            self.rows(b, weights, direction, gates.clone())?,
            self.rows(b, recurrent, direction, gates.clone())?,
        ])
    }

    /// Biases of some gates: those for the input, and those for the hidden state.
    fn biases(
        &self,
        b: &mut Build,
        direction: usize,
        gates: &std::ops::Range<usize>,
    ) -> Result<[Term; 2], OpError> {
        let Some(bias) = b.optional(3) else {
            let zeros = b.list(Data::F32(vec![0.0; gates.len() * self.units]))?;
            return Ok([zeros, zeros]);
        };
        let of_state = gates.start + self.gates..gates.end + self.gates;
        Ok([
            self.rows(b, bias, direction, gates.clone())?,
            self.rows(b, bias, direction, of_state)?,
        ])
    }

    /// The sum of both biases of some gates.
    fn bias(
        &self,
        b: &mut Build,
        direction: usize,
        gates: &std::ops::Range<usize>,
    ) -> Result<Term, OpError> {
        let [of_input, of_state] = self.biases(b, direction, gates)?;
        b.add(of_input, of_state)
    }

    /// The state of a direction before the first step: 0 where input `index` is absent.
    fn state(&self, b: &mut Build, index: usize, direction: usize) -> Result<Term, OpError> {
        let (batch, units) = (self.batch, self.units);
        let Some(states) = b.optional(index) else {
            let shape = super::build::shape(vec![batch, units])?;
            let zeros = Data::F32(vec![0.0; shape.elements()]);
            return Ok(b.value(shape, zeros));
        };
        let dims = b.dims(states);
        let axis = usize::from(self.batch_first);
        let mut wanted = [batch, batch, units];
        wanted[axis] = self.directions;
        if dims != wanted {
            let text = format!("input {index} must have the shape {wanted:?}, not {dims:?}");
            return Err(OpError::inconsistent(text));
        }
        let mut cuts = wanted.map(|count| Cut { start: 0, step: 1, count });
        cuts[axis] = Cut { start: direction, step: 1, count: 1 };
        let part = cut(b, states, cuts.to_vec())?;
        b.reshape(part, [batch, units])
    }

    /// The node's outputs from the operator's: sequences of the directions side by side, then `count`
    /// states of each direction.
    fn outputs(&self, b: &mut Build, results: &[Term], count: usize) -> Outputs {
        let (sequences, states) = (results[0], &results[1..]);
        let dims = b.dims(sequences);
        let (first, second) = (dims[0], dims[1]);
        let all = b.reshape(sequences, [first, second, self.directions, self.units])?;
        let axis = usize::from(self.batch_first);
        let all = if self.backward { reversed(b, all, axis)? } else { all };
        let all = if self.batch_first { all } else { b.transpose(all, &[0, 2, 1, 3])? };
        let mut outputs = only(all);
        let mut dims = [self.batch, self.batch, self.units];
        dims[axis] = 1;
        for which in 0..count {
            let own = states.iter().skip(which).step_by(count);
            let own = own.map(|&state| b.reshape(state, dims)).collect::<Result<Vec<_>, _>>()?;
            outputs.push(match own[..] {
                [state] => state,
                _ => b.apply(Concatenation { axis }, &own)?,
            });
        }
        Ok(outputs)
    }
}

/// Refuses what no operator computes: bounds of sums, sequences of several lengths.
fn check(b: &Build, time: usize) -> Result<(), OpError> {
    if b.layer.float("clip", 0.0)? != 0.0 {
        return Err(OpError::unsupported("attribute `clip` is not supported"));
    }
    let whole = |list: &[i64]| list.iter().all(|&length| length == time as i64);
    if b.optional_integers(4)?.is_none_or(|list| whole(&list)) {
        return Ok(());
    }
    Err(OpError::unsupported("sequences of different lengths are not supported")
        .hint("leave `sequence_lens` out, and run sequences of one length"))
}

/// Requires the activations to be the usual ones, with their usual parameters.
fn activations(b: &Build, directions: usize, usual: &[&str]) -> Result<(), OpError> {
    let stated = b.layer.texts("activations")?;
    let same = |(at, name): (usize, &String)| name.eq_ignore_ascii_case(usual[at % usual.len()]);
    if stated.is_empty() || stated.iter().enumerate().all(same) {
        return Ok(());
    }
    let usual = vec![usual.join(", "); directions].join(", ");
    Err(OpError::unsupported(format!("activations `{}` are not supported", stated.join(", ")))
        .hint(format!("supported are `{usual}`")))
}

fn rnn(b: &mut Build) -> Outputs {
    let layer = Layer::new(b, 1)?;
    let rectifies = |name: &String| name.eq_ignore_ascii_case("relu");
    let stated = b.layer.texts("activations")?;
    let activation = if !stated.is_empty() && stated.iter().all(rectifies) {
        Nonlinearity::Clamp(Activation::Relu)
    } else {
        activations(b, layer.directions, &["Tanh"])?;
        Nonlinearity::Tanh
    };
    let cell = Cell::Plain(activation);
    let mut operands = only(layer.x);
    for direction in 0..layer.directions {
        operands.extend(layer.weights(b, direction, &(0..1))?);
        operands.push(layer.bias(b, direction, &(0..1))?);
        operands.push(layer.state(b, 5, direction)?);
    }
    let op = Rnn { function: layer.function(), time_major: !layer.batch_first, cell };
    let results = b.apply_all(op, &operands)?;
    layer.outputs(b, &results, 1)
}

/// The gates are update, reset, candidate, as the operator has them.
fn gru(b: &mut Build) -> Outputs {
    let layer = Layer::new(b, 3)?;
    activations(b, layer.directions, &["Sigmoid", "Tanh"])?;
    let resets_first = !b.layer.flag("linear_before_reset", false)?;
    let mut operands = only(layer.x);
    for direction in 0..layer.directions {
        operands.extend(layer.weights(b, direction, &(0..3))?);
        let gates = layer.bias(b, direction, &(0..2))?;
        let [of_input, of_state] = layer.biases(b, direction, &(2..3))?;
        operands.push(b.apply(Concatenation { axis: 0 }, &[gates, of_input, of_state])?);
        operands.push(layer.state(b, 5, direction)?);
    }
    let (function, cell) = (layer.function(), Cell::Gated { resets_first });
    let op = Rnn { function, time_major: !layer.batch_first, cell };
    let results = b.apply_all(op, &operands)?;
    layer.outputs(b, &results, 1)
}

/// Places of the operator's gates (input, forget, candidate, output) among those of the format.
const LSTM_GATES: [usize; 4] = [0, 2, 3, 1];
/// The same of its peepholes (input, forget, output).
const LSTM_PEEPHOLES: [usize; 3] = [0, 2, 1];

fn lstm(b: &mut Build) -> Outputs {
    let layer = Layer::new(b, 4)?;
    activations(b, layer.directions, &["Sigmoid", "Tanh", "Tanh"])?;
    if b.layer.flag("input_forget", false)? {
        return Err(OpError::unsupported("attribute `input_forget` is not supported"));
    }
    let form = Form { peephole: b.optional(7).is_some(), ..Form::default() };
    let mut operands = only(layer.x);
    for direction in 0..layer.directions {
        let gates = LSTM_GATES.map(|gate| gate..gate + 1);
        let mut weights = [Vec::new(), Vec::new()];
        for gate in &gates {
            let pair = layer.weights(b, direction, gate)?;
            weights.iter_mut().zip(pair).for_each(|(list, term)| list.push(term));
        }
        operands.extend(weights.concat());
        if let Some(peepholes) = b.optional(7) {
            for gate in LSTM_PEEPHOLES {
                operands.push(layer.rows(b, peepholes, direction, gate..gate + 1)?);
            }
        }
        for gate in &gates {
            operands.push(layer.bias(b, direction, gate)?);
        }
        operands.extend([layer.state(b, 5, direction)?, layer.state(b, 6, direction)?]);
    }
    let op = Lstm {
        function: layer.function(),
        time_major: !layer.batch_first,
        activation: Nonlinearity::Tanh,
        cell_clip: 0.0,
        projection_clip: 0.0,
        directions: vec![form; layer.directions],
        rounding: Rounding::Tflm,
        intermediates: Vec::new(),
    };
    let results = b.apply_all(Op::from(op), &operands)?;
    layer.outputs(b, &results, 2)
}
