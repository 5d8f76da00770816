//! `UNIDIRECTIONAL_SEQUENCE_LSTM`, `BIDIRECTIONAL_SEQUENCE_LSTM` and `LSTM`: layers with a memory, over
//! sequences of vectors.
//!
//! Inputs: sequences of float32, int8 or int16 (see [`Sequence`]); then for each direction its parts in
//! the order of [`form::Form::parts`], the hidden state and the cells among them. Outputs: the
//! sequences of outputs, of both directions side by side if they are merged; then for each direction
//! the new hidden state and the new cells. Weights of integers are int8, cells int16.

pub(super) mod cases;
mod eval;
mod export;
mod form;
mod import;
mod integer;
mod kernels;
mod quantisation;

use self::form::{Direction, Gate, Part};
pub use self::form::{Form, Projection};
pub use super::common::sequence::{Function, Nonlinearity};
use super::common::sequence::{Sequence, expect_constant, expect_shape, resized};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Element, Rounding, Shape, TensorType};

/// Attributes of an LSTM layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Lstm {
    /// How it goes through the sequences.
    pub function: Function,
    /// Whether time is the first axis, before the batch.
    pub time_major: bool,
    /// What is applied to candidates and cells.
    pub activation: Nonlinearity,
    /// Bound of the cells; 0 for none.
    pub cell_clip: f32,
    /// Bound of projected outputs; 0 for none.
    pub projection_clip: f32,
    /// The parts of each direction.
    pub directions: Vec<Form>,
    /// Whose integer arithmetic it is.
    pub rounding: Rounding,
    /// In LiteRT's integer arithmetic, scales and zero points of the gates before they are normalised,
    /// and of the outputs before they are projected.
    pub intermediates: Vec<(f32, i32)>,
}

impl OpDef for Lstm {
    const NAME: &'static str = "LSTM";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn name(&self) -> &'static str {
        match self.function {
            Function::Step => "LSTM",
            Function::Forward => "UNIDIRECTIONAL_SEQUENCE_LSTM",
            Function::Both { .. } => "BIDIRECTIONAL_SEQUENCE_LSTM",
        }
    }

    fn updates(&self) -> Vec<usize> {
        let parts = self.directions.iter().flat_map(|form| form.parts());
        let states = parts.enumerate().filter(|(_, part)| part.is_state());
        states.map(|(index, _)| 1 + index).collect()
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let expected = 1 + self.directions.iter().map(|form| form.parts().len()).sum::<usize>();
        if inputs.len() != expected || self.directions.len() != self.function.directions() {
            let text = format!("needs {expected} operands, not {}", inputs.len());
            return Err(OpError::inconsistent(text));
        }
        let sequence = Sequence::new(&inputs[0].shape, self.time_major)?;
        let (mut sizes, mut states) = (Vec::new(), Vec::new());
        for direction in self.directions(inputs)? {
            for (index, part) in direction.form.parts().into_iter().enumerate() {
                let operand = direction.first + index;
                let wanted = direction.shape(part, sequence.batch);
                expect_shape(operand, inputs[operand].shape.dims(), &wanted)?;
            }
            if !direction.form.projection.exists() && direction.outputs != direction.cells {
                let Direction { outputs, cells, .. } = direction;
                let text = format!("{outputs} outputs for {cells} cells need a projection");
                return Err(OpError::inconsistent(text));
            }
            sizes.push(direction.outputs);
            let both = [Part::Hidden, Part::Cell].map(|part| inputs[direction.operand(part)]);
            states.extend(both.map(|ty| (ty.dtype, ty.shape.clone())));
        }
        if self.function.outputs() < sizes.len() {
            sizes = vec![sizes.iter().sum()];
        }
        let mut outputs = Vec::new();
        for size in sizes {
            outputs.push((inputs[0].dtype, resized(&inputs[0].shape, size)?));
        }
        outputs.extend(states);
        Ok(outputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        for direction in self.site_directions(site) {
            for part in direction.form.parts().into_iter().filter(|part| !part.is_state()) {
                expect_constant(site, direction.operand(part))?;
            }
        }
        for (what, clip) in [("cell", self.cell_clip), ("projection", self.projection_clip)] {
            if !(clip.is_finite() && clip >= 0.0) {
                let text = format!("the clip `{clip}` of the {what} must be 0 or more");
                return Err(OpError::inconsistent(text));
            }
        }
        if self.activation == Nonlinearity::Clamp(Activation::None) {
            return Err(OpError::unsupported("an LSTM without activation is not supported")
                .hint("TFLite's interpreters leave its candidates undefined; use TANH or RELU"));
        }
        match site.input(0).dtype {
            DType::I8 | DType::I16 => quantisation::check(self, site),
            _ => site.same_dtype(&[DType::F32]).map(|_| ()),
        }
    }

    fn macs(&self, site: &Site) -> u64 {
        let sequence = self.sequence(site);
        let weights = self.site_directions(site).into_iter().map(|direction| {
            let Direction { form, inputs, cells, outputs, .. } = direction;
            let projection = if form.projection.exists() { outputs } else { 0 };
            (cells * (form.gates().len() * (inputs + outputs) + projection)) as u64
        });
        (sequence.batch * sequence.time) as u64 * weights.sum::<u64>()
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        match inputs[0] {
            Data::I8(x) => {
                self.run(site, x, inputs, |direction| integer::step(self, site, inputs, direction))
            }
            Data::I16(x) => {
                self.run(site, x, inputs, |direction| integer::step(self, site, inputs, direction))
            }
            x => self.run(site, x.get(), inputs, |direction| eval::step(self, inputs, direction)),
        }
    }
}

impl Lstm {
    fn sequence(&self, site: &Site) -> Sequence {
        Sequence::new(&site.input(0).shape, self.time_major).expect("the shape has been checked")
    }

    /// The directions with their sizes, from the operands' types.
    fn directions(&self, inputs: &[&TensorType]) -> Result<Vec<Direction>, OpError> {
        let mut first = 1;
        let mut directions = Vec::new();
        for &form in &self.directions {
            let sizes = Direction { form, first, inputs: 0, cells: 0, outputs: 0 };
            let dims = |part| inputs[sizes.operand(part)].shape.dims();
            let gate = Gate::Output;
            let (&[cells, _], &[_, outputs]) =
                (dims(Part::Weights(gate)), dims(Part::Recurrent(gate)))
            else {
                return Err(OpError::inconsistent("weights must have 2 dimensions"));
            };
            let inputs = inputs[0].shape.last();
            directions.push(Direction { inputs, cells, outputs, ..sizes });
            first += form.parts().len();
        }
        Ok(directions)
    }

    /// The directions of a checked site.
    fn site_directions(&self, site: &Site) -> Vec<Direction> {
        let inputs: Vec<_> = site.inputs.iter().map(|operand| operand.ty).collect();
        self.directions(&inputs).expect("the shapes have been checked")
    }

    /// The output of a direction, and the first element of a vector there that is its own.
    fn place(&self, directions: &[Direction], index: usize) -> (usize, usize) {
        if self.function.outputs() > 1 {
            return (index, 0);
        }
        (0, directions[..index].iter().map(|direction| direction.outputs).sum())
    }

    /// Computes everything by one step after the other. `make` gives what a direction does to the
    /// states of one sequence.
    fn run<'a, T: Element, C: Element>(
        &self,
        site: &Site,
        x: &[T],
        inputs: &[&Data],
        make: impl Fn(Direction) -> StepFunction<'a, T, C>,
    ) -> Vec<Data> {
        let (sequence, directions) = (self.sequence(site), self.site_directions(site));
        let count = self.function.outputs();
        let mut outputs: Vec<Vec<T>> =
            (0..count).map(|k| vec![T::default(); site.output(k).shape.elements()]).collect();
        let mut states = Vec::new();
        for (index, &direction) in directions.iter().enumerate() {
            let step = make(direction);
            let (output, from) = self.place(&directions, index);
            let width = site.output(output).shape.last();
            let mut hidden = inputs[direction.operand(Part::Hidden)].get::<T>().to_vec();
            let mut cell = inputs[direction.operand(Part::Cell)].get::<C>().to_vec();
            let rows = hidden.chunks_exact_mut(direction.outputs);
            let rows = rows.zip(cell.chunks_exact_mut(direction.cells));
            for (batch, (hidden, cell)) in rows.enumerate() {
                for vector in sequence.steps(batch, index == 1) {
                    step(&x[vector * sequence.size..][..sequence.size], hidden, cell);
                    let start = vector * width + from;
                    outputs[output][start..start + hidden.len()].copy_from_slice(hidden);
                }
            }
            states.extend([T::data(hidden), C::data(cell)]);
        }
        outputs.into_iter().map(T::data).chain(states).collect()
    }
}

/// What a step does with an input vector, the hidden state and the cells of one sequence.
type StepFunction<'a, T, C> = Box<dyn Fn(&[T], &mut [T], &mut [C]) + 'a>;
