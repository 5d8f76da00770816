//! Which buffer, or which state's memory, holds each value.

use super::program::{Buffer, BufferId, Operand, Place, Port, Program, State, Step};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Arg, CArray, COMMON, Call, Lowered, Lowering};
use crate::tensor::{Data, TensorType};

/// Least alignment of a buffer, so that kernels may read words.
const ALIGN: usize = 4;
/// Alignment of scratch memory.
const SCRATCH_ALIGN: usize = 8;
/// Alignment of each state.
const STATE_ALIGN: usize = 8;

/// Assigns values to places, step by step.
pub(super) struct Allocation<'a> {
    graph: &'a Graph,
    /// For every value, the value whose bytes it views; itself if it has its own.
    root: Vec<ValueId>,
    /// For every root, the step after its last use; 0 if it is never used.
    end: Vec<u32>,
    buffers: Vec<Buffer>,
    /// Place of every root that has one.
    place: Vec<Option<Place>>,
}

impl<'a> Allocation<'a> {
    /// Finds out which values share their bytes, and how long each is needed. A view of a state
    /// becomes a copy, since the state may change while the view is still read.
    pub(super) fn new(graph: &'a Graph, lowerings: &mut [(&Node, Lowering)]) -> Self {
        let mut root: Vec<ValueId> = graph.ids().collect();
        let mut end = vec![0; root.len()];
        let mut step = 0;
        for (node, lowering) in lowerings {
            if let Lowering::View = lowering {
                let (from, to) = (root[node.inputs[0].index()], node.outputs[0]);
                if graph.states().iter().any(|state| state.before == from) {
                    *lowering = Lowering::Code(copying(&graph.value(to).ty));
                } else {
                    root[to.index()] = from;
                    continue;
                }
            }
            step += 1;
            for id in node.inputs.iter().chain(&node.outputs) {
                end[root[id.index()].index()] = step;
            }
        }
        // New states that lie in the arena are copied after the last step, one after the other.
        let last = step.max(1) + graph.states().len() as u32;
        for id in graph.results() {
            end[root[id.index()].index()] = last;
        }
        let place = vec![None; root.len()];
        Self { graph, root, end, buffers: Vec::new(), place }
    }

    /// The program that makes the steps in `lowerings`.
    pub(super) fn run(mut self, lowerings: Vec<(&Node, Lowering)>) -> Program {
        let graph = self.graph;
        for &id in graph.inputs() {
            self.allocate(id, 0);
        }
        for (index, state) in graph.states().iter().enumerate() {
            self.place[self.root[state.before.index()].index()] = Some(Place::State(index));
        }
        let inputs = graph.inputs().iter().map(|&id| self.port(id)).collect();
        let mut steps = Vec::new();
        for (node, lowering) in lowerings {
            if let Lowering::Code(code) = lowering {
                steps.push(self.step(node, code, steps.len() as u32));
            }
        }
        steps.extend(self.late_stores());
        let outputs = graph.outputs().iter().map(|&id| self.port(id)).collect();
        let (name, states) = (graph.name.clone(), states(graph));
        Program { name, steps, buffers: self.buffers, inputs, outputs, states }
    }

    fn step(&mut self, node: &Node, mut code: Lowered, index: u32) -> Step {
        let graph = self.graph;
        let updates = node.op.updates();
        let own = node.outputs.len() - updates.len();
        for (position, &output) in node.outputs.iter().enumerate() {
            let claimed = match position.checked_sub(own) {
                Some(update) => {
                    let operand = updates[update];
                    let claimed = self.claim_state(node.inputs[operand], output, index);
                    if claimed.is_none() {
                        let bytes = graph.value(output).ty.bytes();
                        code.calls.insert(0, copy(Arg::Input(operand), position, bytes));
                    }
                    claimed
                }
                None if position == 0 => self.claim(node, &code, index).map(Place::Arena),
                None => None,
            };
            match claimed {
                Some(place) => self.share(output, place),
                None => self.allocate(output, index),
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
        let operand = |&id: &ValueId| match self.constant(id) {
            Some(data) => Operand::Constant(CArray::from(data)),
            None => Operand::Activation(self.port(id)),
        };
        Step {
            name: node.name.clone(),
            kind: node.op.name(),
            macs: graph.macs(node),
            parameters: graph.parameters(node),
            inputs: node.inputs.iter().map(operand).collect(),
            outputs: node.outputs.iter().map(|&id| self.port(id)).collect(),
            code,
            scratch,
        }
    }

    /// Steps that copy new states from the arena to where the next inference reads them.
    fn late_stores(&self) -> Vec<Step> {
        let states = self.graph.states().iter().enumerate();
        let moved = states.filter(|&(index, state)| {
            self.place[self.root[state.after.index()].index()] != Some(Place::State(index))
        });
        let store = |(index, state): (usize, &crate::graph::State)| {
            let from = self.port(state.after);
            Step {
                name: state.name.clone(),
                kind: crate::ops::Op::store().name(),
                macs: 0,
                parameters: 0,
                code: copying(&from.ty),
                outputs: vec![Port { place: Place::State(index), ..from.clone() }],
                inputs: vec![Operand::Activation(from)],
                scratch: None,
            }
        };
        moved.map(store).collect()
    }

    /// The buffer of an input that output 0 may overwrite: nothing reads it afterwards, neither a
    /// step nor the caller, and no other operand of this step lies in it.
    fn claim(&self, node: &Node, code: &Lowered, index: u32) -> Option<BufferId> {
        let ty = &self.graph.value(node.outputs[0]).ty;
        let (bytes, align) = (ty.bytes(), alignment(ty));
        code.in_place.iter().find_map(|&input| {
            let &id = node.inputs.get(input)?;
            let buffer = self.buffer_of(id)?;
            let others = node.inputs.iter().filter(|&&id| self.buffer_of(id) == Some(buffer));
            let Buffer { live, bytes: room, align: aligned, .. } = &self.buffers[buffer];
            let fits = *room >= bytes && *aligned >= align;
            let last = live.end == index + 1 && !self.is_result(id);
            (fits && others.count() == 1 && last).then_some(buffer)
        })
    }

    /// The place of the old state, where the new one may overwrite it: nothing reads the old one
    /// afterwards, and the new one is no model output, which must not lie in a state's memory.
    fn claim_state(&self, old: ValueId, new: ValueId, index: u32) -> Option<Place> {
        let place = self.place[self.root[old.index()].index()]?;
        let last = self.end[self.root[old.index()].index()] == index + 1;
        let outside = |id: ValueId| {
            let root = self.root[id.index()];
            self.graph.outputs().iter().any(|output| self.root[output.index()] == root)
        };
        (last && !outside(old) && !outside(new)).then_some(place)
    }

    /// Whether a result of the model has the bytes of `id`.
    fn is_result(&self, id: ValueId) -> bool {
        let root = self.root[id.index()];
        self.graph.results().any(|result| self.root[result.index()] == root)
    }

    fn buffer_of(&self, id: ValueId) -> Option<BufferId> {
        match self.place[self.root[id.index()].index()] {
            Some(Place::Arena(buffer)) => Some(buffer),
            _ => None,
        }
    }

    fn share(&mut self, id: ValueId, place: Place) {
        let root = self.root[id.index()].index();
        self.place[root] = Some(place);
        if let Place::Arena(buffer) = place {
            let live = &mut self.buffers[buffer].live;
            live.end = live.end.max(self.end[root]);
        }
    }

    fn allocate(&mut self, id: ValueId, start: u32) {
        let root = self.root[id.index()].index();
        let value = self.graph.value(id);
        self.place[root] = Some(Place::Arena(self.buffers.len()));
        self.buffers.push(Buffer {
            name: value.name.clone(),
            bytes: value.ty.bytes(),
            align: alignment(&value.ty),
            live: start..self.end[root].max(start + 1),
        });
    }

    /// The elements of a value that is known at compile time.
    pub(super) fn constant(&self, id: ValueId) -> Option<&'a Data> {
        self.graph.value(self.root[id.index()]).constant.as_deref()
    }

    fn port(&self, id: ValueId) -> Port {
        let value = self.graph.value(id);
        let place = self.place[self.root[id.index()].index()];
        Port {
            value: id,
            name: value.name.clone(),
            ty: value.ty.clone(),
            place: place.expect("values are placed before they are used"),
        }
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

/// Code that makes output 0, of type `ty`, of the bytes of input 0.
fn copying(ty: &TensorType) -> Lowered {
    let calls = vec![copy(Arg::Input(0), 0, ty.bytes())];
    Lowered { sources: vec![COMMON], calls, ..Lowered::default() }
}

fn copy(from: Arg, to: usize, bytes: usize) -> Call {
    let args = vec![("from", from), ("to", Arg::Output(to)), ("bytes", Arg::size(bytes))];
    Call { function: "smidgen_copy_bytes", args }
}

fn alignment(ty: &TensorType) -> usize {
    ty.dtype.bytes().max(ALIGN)
}
