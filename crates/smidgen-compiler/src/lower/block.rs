//! A graph with a lowering for each of its nodes, and how long each of its values is needed.

use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Arg, COMMON, Call, Control, Lowered, Lowering, Op};
use crate::tensor::{Data, TensorType};
use smidgen_target::Features;

/// A graph or a region on its way to steps.
pub(super) struct Block<'a> {
    pub(super) graph: &'a Graph,
    /// Where the slots of its values begin.
    pub(super) slots: usize,
    pub(super) items: Vec<Item<'a>>,
    /// For every value, the value whose bytes it views; itself if it has its own.
    pub(super) root: Vec<ValueId>,
    /// For every root, the step after its last use; 0 if it is never used.
    pub(super) end: Vec<u32>,
}

/// A node that becomes something.
pub(super) enum Item<'a> {
    /// One step.
    Code(&'a Node, Lowered),
    /// Both branches, each followed by a step per output that copies it to where both leave it.
    If(&'a Node, [Block<'a>; 2]),
    /// A step per value that changes, which copies it to where the loop keeps it; the condition, the
    /// body, and again such steps.
    While(&'a Node, [Block<'a>; 2]),
}

impl Item<'_> {
    fn node(&self) -> &Node {
        match self {
            Self::Code(node, _) | Self::If(node, _) | Self::While(node, _) => node,
        }
    }

    /// How many steps it becomes.
    fn steps(&self) -> u32 {
        let outputs = self.node().outputs.len() as u32;
        match self {
            Self::Code(..) => 1,
            Self::If(_, blocks) | Self::While(_, blocks) => {
                2 * outputs + blocks.iter().map(Block::steps).sum::<u32>()
            }
        }
    }
}

impl<'a> Block<'a> {
    /// Chooses a kernel for each node. A view of a state, or of one of the values `changing`, becomes
    /// a copy, since these may change while the view is still read.
    pub(super) fn new(
        graph: &'a Graph,
        changing: &[ValueId],
        slots: usize,
        features: &Features,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut root: Vec<ValueId> = graph.ids().collect();
        let mut items = Vec::new();
        for (node, begins) in graph.nodes().iter().zip(graph.region_slots()) {
            let mut region = |index: usize, changing: usize| {
                let (region, slots) = (&node.regions[index], slots + begins[index]);
                Self::new(region, &region.inputs()[..changing], slots, features, problems)
            };
            match &node.op {
                Op::Control(Control::If { .. }) => {
                    let branches = [region(0, 0), region(1, 0)];
                    items.push(Item::If(node, branches));
                }
                Op::Control(Control::While { carried }) => {
                    let blocks = [region(0, 0), region(1, *carried)];
                    items.push(Item::While(node, blocks));
                }
                op => match op.lower(&graph.site(node), features) {
                    Ok(Lowering::Code(code)) => items.push(Item::Code(node, code)),
                    Ok(Lowering::View) => {
                        let (from, to) = (root[node.inputs[0].index()], node.outputs[0]);
                        let mut states = graph.states().iter().map(|state| state.before);
                        if states.any(|before| before == from) || changing.contains(&from) {
                            items.push(Item::Code(node, copying(&graph.value(to).ty)));
                        } else {
                            root[to.index()] = from;
                        }
                    }
                    Err(error) => problems.push(error.at(node.origin())),
                },
            }
        }
        let end = vec![0; root.len()];
        Self { graph, slots, items, root, end }
    }

    /// Finds out until when each value is needed, where the block's first step has number `first`,
    /// and `copies` steps follow the last one that read results.
    pub(super) fn with_lifetimes(mut self, first: u32, copies: u32) -> Self {
        let mut step = first;
        let mut items = Vec::with_capacity(self.items.len());
        for item in std::mem::take(&mut self.items) {
            let steps = item.steps();
            let node = item.node();
            let outputs = node.outputs.len() as u32;
            for id in node.inputs.iter().chain(&node.outputs) {
                self.end[self.root[id.index()].index()] = step + steps;
            }
            items.push(match item {
                Item::Code(node, code) => Item::Code(node, code),
                Item::If(node, [then, otherwise]) => {
                    let second = step + then.steps() + outputs;
                    let blocks = [
                        then.with_lifetimes(step, outputs),
                        otherwise.with_lifetimes(second, outputs),
                    ];
                    Item::If(node, blocks)
                }
                Item::While(node, [condition, body]) => {
                    let inside = step + outputs;
                    let second = inside + condition.steps();
                    let blocks =
                        [condition.with_lifetimes(inside, 0), body.with_lifetimes(second, outputs)];
                    Item::While(node, blocks)
                }
            });
            step += steps;
        }
        self.items = items;
        for id in self.graph.results() {
            self.end[self.root[id.index()].index()] = step.max(1) + copies;
        }
        self
    }

    /// How many steps its items become.
    fn steps(&self) -> u32 {
        self.items.iter().map(Item::steps).sum()
    }

    /// Position of the value whose bytes `id` has.
    pub(super) fn root(&self, id: ValueId) -> usize {
        self.root[id.index()].index()
    }

    /// The elements of a value that is known at compile time.
    pub(super) fn constant(&self, id: ValueId) -> Option<&'a Data> {
        self.graph.values()[self.root(id)].constant.as_deref()
    }

    /// Whether a result of the graph has the bytes of `id`.
    pub(super) fn is_result(&self, id: ValueId) -> bool {
        self.graph.results().any(|result| self.root(result) == self.root(id))
    }

    /// Whether an output of the graph has the bytes of `id`.
    pub(super) fn is_output(&self, id: ValueId) -> bool {
        self.graph.outputs().iter().any(|&output| self.root(output) == self.root(id))
    }
}

/// Code that makes output 0, of type `ty`, of the bytes of input 0.
pub(super) fn copying(ty: &TensorType) -> Lowered {
    let calls = vec![copy(Arg::Input(0), 0, ty.bytes())];
    Lowered { sources: vec![COMMON], calls, ..Lowered::default() }
}

/// A call that copies `bytes` to output `to`.
pub(super) fn copy(from: Arg, to: usize, bytes: usize) -> Call {
    let args = vec![("from", from), ("to", Arg::Output(to)), ("bytes", Arg::size(bytes))];
    Call { function: "smidgen_copy_bytes", args }
}
