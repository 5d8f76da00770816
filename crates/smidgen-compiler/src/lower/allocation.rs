//! Which buffer, or which state's memory, holds each value.

use super::block::{Block, Item, copy, copying};
use super::program::{Action, Buffer, BufferId, Operand, Place, Port, Program, State, Step, Truth};
use super::scope::Scope;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Arg, CArray, Loops, Lowered, Op};
use crate::tensor::TensorType;

/// Least alignment of a buffer, so that kernels may read words.
const ALIGN: usize = 4;
/// Alignment of scratch memory.
const SCRATCH_ALIGN: usize = 8;
/// Alignment of each state.
const STATE_ALIGN: usize = 8;

/// Steps and the memory that they need, as far as they are known.
pub(super) struct Allocation {
    steps: Vec<Step>,
    buffers: Vec<Buffer>,
    /// How often the block that is being allocated runs.
    runs: u64,
}

impl Allocation {
    /// The program that runs a graph.
    pub(super) fn program(block: &Block) -> Program {
        Self { steps: Vec::new(), buffers: Vec::new(), runs: 1 }.run(block)
    }

    fn run(mut self, block: &Block) -> Program {
        let graph = block.graph;
        let mut scope = Scope::new(block);
        for &id in graph.inputs() {
            self.allocate(&mut scope, id, 0);
        }
        for (index, state) in graph.states().iter().enumerate() {
            scope.put(state.before, Place::State(index));
        }
        let inputs = graph.inputs().iter().map(|&id| scope.port(id)).collect();
        let mut schedule = self.block(&mut scope);
        for (index, state) in graph.states().iter().enumerate() {
            if scope.place(state.after) != Some(Place::State(index)) {
                let store = (state.name.as_str(), Op::store().name());
                schedule.push(self.copy(store, &scope, state.after, Place::State(index)));
            }
        }
        let outputs = graph.outputs().iter().map(|&id| scope.port(id)).collect();
        let (name, states) = (graph.name.clone(), states(graph));
        let Self { steps, buffers, .. } = self;
        Program { name, steps, schedule, buffers, inputs, outputs, states }
    }

    /// The steps of a block.
    fn block(&mut self, scope: &mut Scope) -> Vec<Action> {
        let block = scope.block;
        let mut actions = Vec::new();
        for item in &block.items {
            match item {
                Item::Code(node, code, loops) => {
                    actions.push(self.step(scope, node, code.clone(), loops.clone()));
                }
                Item::If(node, blocks) => actions.push(self.branch(scope, node, blocks)),
                Item::While(node, blocks) => actions.extend(self.repeat(scope, node, blocks)),
            }
        }
        actions
    }

    fn step(
        &mut self,
        scope: &mut Scope,
        node: &Node,
        mut code: Lowered,
        loops: Option<Loops>,
    ) -> Action {
        let index = self.steps.len() as u32;
        let graph = scope.block.graph;
        let updates = node.op.updates();
        let own = node.outputs.len() - updates.len();
        for (position, &output) in node.outputs.iter().enumerate() {
            let claimed = match position.checked_sub(own) {
                Some(update) => {
                    let operand = updates[update];
                    let claimed = scope.claim_state(node, operand, output, index);
                    if claimed.is_none() {
                        let bytes = graph.value(output).ty.bytes();
                        code.calls.insert(0, copy(Arg::Input(operand), position, bytes));
                    }
                    claimed
                }
                None if position == 0 => self.claim(scope, node, &code).map(Place::Arena),
                None => None,
            };
            match claimed {
                Some(place) => self.share(scope, output, place),
                None => self.allocate(scope, output, index),
            }
        }
        let scratch = (code.scratch_bytes > 0).then(|| {
            self.buffers.push(Buffer {
                name: format!("scratch of {}", node.name),
                bytes: code.scratch_bytes,
                align: SCRATCH_ALIGN,
                live: index..index + 1,
            });
            self.buffers.len() - 1
        });
        self.push(Step {
            name: node.name.clone(),
            kind: node.op.name(),
            macs: graph.macs(node).saturating_mul(self.runs),
            parameters: graph.parameters(node),
            inputs: node.inputs.iter().map(|&id| operand(scope, id)).collect(),
            outputs: node.outputs.iter().map(|&id| scope.port(id)).collect(),
            code,
            loops,
            scratch,
        })
    }

    /// A node that runs one of two blocks.
    fn branch(&mut self, scope: &mut Scope, node: &Node, blocks: &[Block; 2]) -> Action {
        let start = self.steps.len() as u32;
        let condition = truth(scope, node.inputs[0]);
        for &output in &node.outputs {
            self.allocate(scope, output, start);
        }
        let [then, otherwise] = blocks.each_ref().map(|block| {
            let mut inner = Scope::inside(block, scope, &node.inputs[1..]);
            let mut actions = self.block(&mut inner);
            actions.extend(self.copies(node, &inner, block.graph.outputs(), scope));
            actions
        });
        Action::If { condition, then, otherwise }
    }

    /// A node that runs two blocks again and again. What changes lies where the outputs lie.
    fn repeat(
        &mut self,
        scope: &mut Scope,
        node: &Node,
        [condition, body]: &[Block; 2],
    ) -> Vec<Action> {
        let start = self.steps.len() as u32;
        for &output in &node.outputs {
            self.allocate(scope, output, start);
        }
        let mut actions = self.copies(node, scope, &node.inputs, scope);
        let captured = &node.inputs[node.outputs.len()..];
        let inputs: Vec<_> = node.outputs.iter().chain(captured).copied().collect();
        let outside = self.runs;
        let [asked, done] = node.runs().map(|runs| runs.saturating_mul(outside));
        let mut inner = Scope::inside(condition, scope, &inputs);
        self.runs = asked;
        let before = self.block(&mut inner);
        let decision = truth(&inner, condition.graph.outputs()[0]);
        let mut inner = Scope::inside(body, scope, &inputs);
        self.runs = done;
        let mut round = self.block(&mut inner);
        self.runs = outside;
        round.extend(self.copies(node, &inner, body.graph.outputs(), scope));
        actions.push(Action::While { before, condition: decision, body: round });
        actions
    }

    /// Steps that copy values of the scope `from` to where the outputs of `node` lie in `to`.
    fn copies(&mut self, node: &Node, from: &Scope, values: &[ValueId], to: &Scope) -> Vec<Action> {
        let label = (node.name.as_str(), Op::duplicate().name());
        let pairs = values.iter().zip(&node.outputs);
        pairs
            .map(|(&value, &output)| self.copy(label, from, value, to.port(output).place))
            .collect()
    }

    /// A step that copies a value.
    fn copy(
        &mut self,
        (name, kind): (&str, &'static str),
        scope: &Scope,
        from: ValueId,
        to: Place,
    ) -> Action {
        let value = scope.block.graph.value(from);
        let output = Port {
            slot: from.slot(scope.block.slots),
            name: value.name.clone(),
            ty: value.ty.clone(),
            place: to,
        };
        self.push(Step {
            name: name.to_owned(),
            kind,
            macs: 0,
            parameters: 0,
            code: copying(&value.ty),
            loops: None,
            inputs: vec![operand(scope, from)],
            outputs: vec![output],
            scratch: None,
        })
    }

    fn push(&mut self, step: Step) -> Action {
        self.steps.push(step);
        Action::Step(self.steps.len() - 1)
    }

    /// The buffer of an input that output 0 of the next step may overwrite: nothing reads it
    /// afterwards, neither a step nor the caller, and no other operand of this step lies in it.
    fn claim(&self, scope: &Scope, node: &Node, code: &Lowered) -> Option<BufferId> {
        let index = self.steps.len() as u32;
        let ty = &scope.block.graph.value(node.outputs[0]).ty;
        let (bytes, align) = (ty.bytes(), alignment(ty));
        code.in_place.iter().find_map(|&input| {
            let &id = node.inputs.get(input)?;
            let buffer = scope.buffer(id)?;
            let others = node.inputs.iter().filter(|&&id| scope.buffer(id) == Some(buffer));
            let Buffer { live, bytes: room, align: aligned, .. } = &self.buffers[buffer];
            let fits = *room >= bytes && *aligned >= align;
            let last = live.end == index + 1 && !scope.is_held(id) && !scope.block.is_result(id);
            (fits && others.count() == 1 && last).then_some(buffer)
        })
    }

    fn share(&mut self, scope: &mut Scope, id: ValueId, place: Place) {
        scope.put(id, place);
        if let Place::Arena(buffer) = place {
            let live = &mut self.buffers[buffer].live;
            live.end = live.end.max(scope.end(id));
        }
    }

    fn allocate(&mut self, scope: &mut Scope, id: ValueId, start: u32) {
        scope.put(id, Place::Arena(self.buffers.len()));
        let value = scope.block.graph.value(id);
        self.buffers.push(Buffer {
            name: value.name.clone(),
            bytes: value.ty.bytes(),
            align: alignment(&value.ty),
            live: start..scope.end(id).max(start + 1),
        });
    }
}

fn operand(scope: &Scope, id: ValueId) -> Operand {
    match scope.block.constant(id) {
        Some(data) => Operand::Constant(CArray::from(data)),
        None => Operand::Activation(scope.port(id)),
    }
}

fn truth(scope: &Scope, id: ValueId) -> Truth {
    match scope.block.constant(id) {
        Some(data) => Truth::Known(data.get::<bool>()[0]),
        None => Truth::Computed(scope.port(id)),
    }
}

/// The states of a graph, one after the other in memory.
fn states(graph: &Graph) -> Vec<State> {
    let mut offset = 0usize;
    let place = |state: &crate::graph::State| {
        let ty = graph.value(state.before).ty.clone();
        let start = offset.next_multiple_of(STATE_ALIGN);
        offset = start + ty.bytes();
        let initial = CArray::from(&*state.initial);
        State { name: state.name.clone(), ty, offset: start, initial }
    };
    graph.states().iter().map(place).collect()
}

fn alignment(ty: &TensorType) -> usize {
    ty.dtype.bytes().max(ALIGN)
}
