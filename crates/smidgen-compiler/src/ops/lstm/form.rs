//! Which parts an LSTM has, and in which order they are operands.

/// A gate of an LSTM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// How much of the candidate enters the cell.
    Input,
    /// How much of the cell stays.
    Forget,
    /// The candidate for the cell.
    Cell,
    /// How much of the cell is put out.
    Output,
}

impl Gate {
    /// All gates in the order of their parameters.
    pub(super) const ALL: [Self; 4] = [Self::Input, Self::Forget, Self::Cell, Self::Output];
}

/// A tensor that belongs to one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Weights of the input, `[cells, inputs]`.
    Weights(Gate),
    /// Weights of the hidden state, `[cells, outputs]`.
    Recurrent(Gate),
    /// Weights of the cells, `[cells]`.
    Peephole(Gate),
    /// Biases, `[cells]`.
    Bias(Gate),
    /// Weights that turn cells into outputs, `[outputs, cells]`.
    Projection,
    /// Biases of outputs, `[outputs]`.
    ProjectionBias,
    /// The last output, `[batch, outputs]`.
    Hidden,
    /// The cells, `[batch, cells]`.
    Cell,
    /// Factors of normalised gates, `[cells]`.
    Norm(Gate),
}

impl Part {
    /// Whether it is a state.
    pub(super) fn is_state(self) -> bool {
        matches!(self, Self::Hidden | Self::Cell)
    }
}

/// How cells become outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Projection {
    /// There is an output for each cell.
    #[default]
    None,
    /// Outputs are products of cells and a matrix.
    Plain,
    /// Biases are added to them.
    Biased,
}

impl Projection {
    /// Whether there is a matrix.
    pub(super) fn exists(self) -> bool {
        self != Self::None
    }

    /// The parts that belong to it.
    pub(super) fn parts(self) -> &'static [Part] {
        match self {
            Self::None => &[],
            Self::Plain => &[Part::Projection],
            Self::Biased => &[Part::Projection, Part::ProjectionBias],
        }
    }
}

/// The parts of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// The input gate is 1 less the forget gate and has no parameters.
    pub coupled: bool,
    /// The gates but the candidate see the cells.
    pub peephole: bool,
    /// How cells become outputs.
    pub projection: Projection,
    /// Gates are normalised before biases are added.
    pub norm: bool,
}

impl Form {
    /// What every interpreter knows.
    pub(super) const BASIC: Self =
        Self { coupled: false, peephole: false, projection: Projection::None, norm: false };

    /// The gates with parameters.
    pub(super) fn gates(self) -> &'static [Gate] {
        &Gate::ALL[usize::from(self.coupled)..]
    }

    /// The gates that see the cells.
    pub(super) fn peepholes(self) -> impl Iterator<Item = Gate> {
        let gates = if self.peephole { self.gates() } else { &[] };
        gates.iter().copied().filter(|&gate| gate != Gate::Cell)
    }

    /// The parts in the order of the operands.
    pub(super) fn parts(self) -> Vec<Part> {
        let each = |part: fn(Gate) -> Part| self.gates().iter().map(move |&gate| part(gate));
        let mut parts: Vec<Part> = each(Part::Weights).chain(each(Part::Recurrent)).collect();
        parts.extend(self.peepholes().map(Part::Peephole));
        parts.extend(each(Part::Bias));
        parts.extend(self.projection.parts());
        parts.extend([Part::Hidden, Part::Cell]);
        parts.extend(each(Part::Norm).filter(|_| self.norm));
        parts
    }
}

/// One direction of an LSTM and where its operands begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Direction {
    /// Its parts.
    pub form: Form,
    /// Its first operand.
    pub first: usize,
    /// Elements of an input vector.
    pub inputs: usize,
    /// Number of cells.
    pub cells: usize,
    /// Elements of an output vector.
    pub outputs: usize,
}

impl Direction {
    /// The operand that is `part`, which must be there.
    pub(super) fn operand(&self, part: Part) -> usize {
        let position = self.form.parts().into_iter().position(|other| other == part);
        self.first + position.expect("only parts that are there are asked for")
    }

    /// The shape that a part must have in a batch.
    pub(super) fn shape(&self, part: Part, batch: usize) -> Vec<usize> {
        match part {
            Part::Weights(_) => vec![self.cells, self.inputs],
            Part::Recurrent(_) => vec![self.cells, self.outputs],
            Part::Peephole(_) | Part::Bias(_) | Part::Norm(_) => vec![self.cells],
            Part::Projection => vec![self.outputs, self.cells],
            Part::ProjectionBias => vec![self.outputs],
            Part::Hidden => vec![batch, self.outputs],
            Part::Cell => vec![batch, self.cells],
        }
    }
}
