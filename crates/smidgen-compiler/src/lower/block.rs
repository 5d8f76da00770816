//! A graph with a lowering for each of its nodes, and how long each of its values is needed.

use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Arg, COMMON, Call, Control, Loops, Lowered, Lowering, Op};
use crate::tensor::{Data, TensorType};
use smidgen_target::Features;
use std::collections::BTreeMap;

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
    /// Inputs of a region that are constants where it is run.
    bound: BTreeMap<ValueId, &'a Data>,
}

/// Where a graph is run.
pub(super) struct Setting<'a> {
    /// Where the slots of its values begin.
    slots: usize,
    /// How many of its first inputs change while it runs.
    changing: usize,
    /// The inputs that are constants.
    bound: BTreeMap<ValueId, &'a Data>,
}

impl Setting<'_> {
    /// A model.
    pub(super) fn model() -> Self {
        Self { slots: 0, changing: 0, bound: BTreeMap::new() }
    }
}

/// A node that becomes something.
pub(super) enum Item<'a> {
    /// One step.
    Code(&'a Node, Lowered, Option<Loops>),
    /// Both branches, each followed by a step per output that copies it to where both leave it.
    If(&'a Node, [Block<'a>; 2]),
    /// A step per value that changes, which copies it to where the loop keeps it; the condition, the
    /// body, and again such steps.
    While(&'a Node, [Block<'a>; 2]),
}

impl Item<'_> {
    fn node(&self) -> &Node {
        match self {
            Self::Code(node, ..) | Self::If(node, _) | Self::While(node, _) => node,
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
    /// Chooses a kernel for each node. A view of a state, or of an input that changes, becomes a copy,
    /// since these may change while the view is still read.
    pub(super) fn new(
        graph: &'a Graph,
        setting: Setting<'a>,
        features: &Features,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let Setting { slots, changing, bound } = setting;
        let root: Vec<ValueId> = graph.ids().collect();
        let end = vec![0; root.len()];
        let mut block = Self { graph, slots, items: Vec::new(), root, end, bound };
        let changing = &graph.inputs()[..changing];
        for (node, begins) in graph.nodes().iter().zip(graph.region_slots()) {
            match &node.op {
                Op::Control(Control::If { .. }) => {
                    let branches = [0, 1].map(|at| {
                        let region = &node.regions[at];
                        let bound = block.bindings(region, &node.inputs[1..], 0);
                        let setting = Setting { slots: slots + begins[at], changing: 0, bound };
                        Self::new(region, setting, features, problems)
                    });
                    block.items.push(Item::If(node, branches));
                }
                Op::Control(Control::While { carried, .. }) => {
                    let blocks = [(0, 0), (1, *carried)].map(|(at, changing)| {
                        let region = &node.regions[at];
                        let bound = block.bindings(region, &node.inputs, *carried);
                        let setting = Setting { slots: slots + begins[at], changing, bound };
                        Self::new(region, setting, features, problems)
                    });
                    block.items.push(Item::While(node, blocks));
                }
                op => match op.lower(&graph.site(node), features) {
                    Ok(Lowering::Code(code)) => block.items.push(Item::Code(node, code, None)),
                    Ok(Lowering::Rows(code, loops)) => {
                        block.items.push(Item::Code(node, code, Some(loops)));
                    }
                    Ok(Lowering::View) => {
                        let (from, to) = (block.root[node.inputs[0].index()], node.outputs[0]);
                        let mut states = graph.states().iter().map(|state| state.before);
                        if states.any(|before| before == from) || changing.contains(&from) {
                            block.items.push(Item::Code(node, copying(&graph.value(to).ty), None));
                        } else {
                            block.root[to.index()] = from;
                        }
                    }
                    Err(error) => problems.push(error.at(node.origin())),
                },
            }
        }
        block
    }

    /// Inputs of a region that are constants here; the first `carried` are variables in any case.
    fn bindings(
        &self,
        region: &Graph,
        operands: &[ValueId],
        carried: usize,
    ) -> BTreeMap<ValueId, &'a Data> {
        let pairs = region.inputs().iter().zip(operands).skip(carried);
        pairs.filter_map(|(&inner, &id)| Some((inner, self.constant(id)?))).collect()
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
                item @ Item::Code(..) => item,
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
        let root = self.root[id.index()];
        let own = self.graph.value(root).constant.as_deref();
        own.or_else(|| self.bound.get(&root).copied())
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
