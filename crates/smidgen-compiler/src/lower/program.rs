//! A model as a list of calls on buffers that have no places yet.

use crate::graph::Slot;
use crate::ops::{CArray, Loops, Lowered};
use crate::plan;
use crate::tensor::TensorType;
use std::ops::Range;

/// Index of a buffer of a [`Program`].
pub type BufferId = usize;

/// A model as a list of calls on buffers.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Name of the model.
    pub name: String,
    /// Steps in execution order, those of both branches and of loops once.
    pub steps: Vec<Step>,
    /// When each step runs.
    pub schedule: Vec<Action>,
    /// Memory that the steps need, without places.
    pub buffers: Vec<Buffer>,
    /// Model inputs in order.
    pub inputs: Vec<Port>,
    /// Model outputs in order.
    pub outputs: Vec<Port>,
    /// Memory that keeps its content between inferences, in order.
    pub states: Vec<State>,
}

/// Memory that keeps its content between inferences.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Name in the source model.
    pub name: String,
    /// Type.
    pub ty: TensorType,
    /// Offset in the state memory, in bytes.
    pub offset: usize,
    /// Content before the first inference.
    pub initial: CArray,
}

/// Where a tensor lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a buffer of the arena.
    Arena(BufferId),
    /// In the memory of a state.
    State(usize),
}

/// A part of the way through the steps.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Runs the step of this index.
    Step(usize),
    /// Runs one of two lists.
    If {
        /// Decides.
        condition: Truth,
        /// Where it is true.
        then: Vec<Action>,
        /// Where it is false.
        otherwise: Vec<Action>,
    },
    /// Runs lists again and again.
    While {
        /// Runs before each round.
        before: Vec<Action>,
        /// Decides after it whether there is a round.
        condition: Truth,
        /// A round.
        body: Vec<Action>,
    },
}

/// What control flow depends on.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// The one element of a tensor of `bool`.
    Computed(Port),
    /// Known at compile time.
    Known(bool),
}

/// One operator as code.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: &'static str,
    /// Multiply-accumulate operations of one inference; see [`crate::graph::Node::runs`].
    pub macs: u64,
    /// Elements of the source layer's constants.
    pub parameters: u64,
    /// Operands of the operator, in its order.
    pub inputs: Vec<Operand>,
    /// Results of the operator, in its order.
    pub outputs: Vec<Port>,
    /// The code.
    pub code: Lowered,
    /// Loops around its calls, if they are repeated.
    pub loops: Option<Loops>,
    /// Scratch memory, if the code needs any.
    pub scratch: Option<BufferId>,
}

/// An operand of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// An activation.
    Activation(Port),
    /// A constant of the model; the code may read it as it is or in a prepared form.
    Constant(CArray),
}

/// A tensor in a buffer.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    /// Which value of the graph or of one of its regions this is.
    pub slot: Slot,
    /// Name in the source model.
    pub name: String,
    /// Type.
    pub ty: TensorType,
    /// Where it lies.
    pub place: Place,
}

/// Memory for tensors that never live at the same time, or for scratch.
#[derive(Debug, Clone, PartialEq)]
pub struct Buffer {
    /// Name of the first tensor in it.
    pub name: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Steps during which it is in use.
    pub live: Range<u32>,
}

impl Program {
    /// Size of the state memory in bytes.
    pub fn state_bytes(&self) -> usize {
        self.states.last().map_or(0, |state| state.offset + state.ty.bytes())
    }

    /// The planning problem of this program.
    pub fn problem(&self, capacity: Option<usize>) -> Result<plan::Problem, plan::ProblemError> {
        let buffer = |buffer: &Buffer| plan::Buffer {
            name: buffer.name.clone(),
            bytes: buffer.bytes,
            align: buffer.align,
            live: buffer.live.clone(),
        };
        plan::Problem::new(self.buffers.iter().map(buffer).collect(), capacity)
    }
}
