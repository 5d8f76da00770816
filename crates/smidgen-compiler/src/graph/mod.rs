//! The typed graph of a model: values, and nodes in an order in which they can run.

mod edit;
mod text;
mod verify;

use crate::diag::{Code, Diagnostic, Origin};
use crate::ops::case::Case;
use crate::ops::{Control, Op, Operand, Site};
use crate::tensor::{Data, TensorType};
use std::sync::Arc;

/// Identifies a value of one graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(u32);

impl ValueId {
    /// Position in [`Graph::values`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The value's slot where its graph's values begin at `first`; see [`Graph::slots`].
    pub fn slot(self, first: usize) -> Slot {
        Slot(first + self.index())
    }
}

/// Where data of a value is kept, among that of all values of a graph and its regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub usize);

/// A tensor that flows through the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Name in the source model.
    pub name: String,
    /// Type.
    pub ty: TensorType,
    /// Elements, for a constant.
    pub constant: Option<Arc<Data>>,
}

/// An operator applied to values.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Name of the source layer.
    pub name: String,
    /// Position of the source layer in its model.
    pub layer: usize,
    /// What it computes.
    pub op: Op,
    /// Operands in order; optional trailing operands may be missing.
    pub inputs: Vec<ValueId>,
    /// Results in order.
    pub outputs: Vec<ValueId>,
    /// Graphs that a node of control flow runs; they know nothing of this graph's values.
    pub regions: Vec<Graph>,
}

impl Node {
    /// A node without regions.
    pub fn new(
        name: impl Into<String>,
        layer: usize,
        op: impl Into<Op>,
        inputs: Vec<ValueId>,
        outputs: Vec<ValueId>,
    ) -> Self {
        Self { name: name.into(), layer, op: op.into(), inputs, outputs, regions: Vec::new() }
    }

    /// How often each region runs: both branches of a choice once, a loop once too, unless its
    /// rounds are known.
    pub fn runs(&self) -> [u64; 2] {
        match self.op {
            Op::Control(Control::While { rounds: Some(rounds), .. }) => {
                [rounds.saturating_add(1), rounds]
            }
            _ => [1, 1],
        }
    }

    /// `own` and the figures of all nodes in regions, each as often as it runs.
    fn with_regions(&self, own: u64, of: impl Fn(&Graph, &Self) -> u64) -> u64 {
        let regions = self.regions.iter().zip(self.runs());
        let inside = regions.map(|(region, runs)| region.total(&of).saturating_mul(runs));
        inside.fold(own, u64::saturating_add)
    }

    /// Where the node comes from.
    pub fn origin(&self) -> Origin {
        Origin::Layer {
            index: self.layer,
            kind: self.op.name().to_string(),
            name: self.name.clone(),
        }
    }
}

/// Memory that keeps its content from one inference to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Name in the source model.
    pub name: String,
    /// The content before an inference.
    pub before: ValueId,
    /// The content after it, of the same type; `before` itself where nothing changes it.
    pub after: ValueId,
    /// The content before the first inference.
    pub initial: Arc<Data>,
}

/// A model. Nodes are in topological order; every value is a model input, the content of a state
/// before the inference, a constant or the output of one node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// Name of the model.
    pub name: String,
    values: Vec<Value>,
    nodes: Vec<Node>,
    inputs: Vec<ValueId>,
    outputs: Vec<ValueId>,
    states: Vec<State>,
}

impl Graph {
    /// An empty graph.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// All values, by [`ValueId::index`].
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Identifiers of all values.
    pub fn ids(&self) -> impl Iterator<Item = ValueId> + use<> {
        (0..self.values.len() as u32).map(ValueId)
    }

    /// A value.
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// Nodes in topological order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Model inputs in order.
    pub fn inputs(&self) -> &[ValueId] {
        &self.inputs
    }

    /// Model outputs in order.
    pub fn outputs(&self) -> &[ValueId] {
        &self.outputs
    }

    /// States in order.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Adds a state, and returns its content before an inference.
    pub fn add_state(
        &mut self,
        name: impl Into<String>,
        ty: TensorType,
        initial: impl Into<Arc<Data>>,
    ) -> ValueId {
        let name = name.into();
        let before = self.add_value(name.clone(), ty);
        self.states.push(State { name, before, after: before, initial: initial.into() });
        before
    }

    /// Declares what the state that was `before` will be after an inference.
    pub fn set_state(&mut self, before: ValueId, after: ValueId) {
        for state in self.states.iter_mut().filter(|state| state.before == before) {
            state.after = after;
        }
    }

    /// Adds a value that some node or input will define.
    pub fn add_value(&mut self, name: impl Into<String>, ty: TensorType) -> ValueId {
        self.push(Value { name: name.into(), ty, constant: None })
    }

    /// Adds a constant. `data` must have the elements that `ty` says.
    pub fn add_constant(
        &mut self,
        name: impl Into<String>,
        ty: TensorType,
        data: impl Into<Arc<Data>>,
    ) -> ValueId {
        self.push(Value { name: name.into(), ty, constant: Some(data.into()) })
    }

    /// Adds a model input.
    pub fn add_input(&mut self, name: impl Into<String>, ty: TensorType) -> ValueId {
        let id = self.add_value(name, ty);
        self.inputs.push(id);
        id
    }

    /// Declares values to be model inputs, in order.
    pub fn set_inputs(&mut self, inputs: Vec<ValueId>) {
        self.inputs = inputs;
    }

    /// Declares values to be model outputs, in order.
    pub fn set_outputs(&mut self, outputs: Vec<ValueId>) {
        self.outputs = outputs;
    }

    /// Appends a node; it must come after the nodes that define its inputs.
    pub fn add_node(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Appends a node with one output whose shape the operator infers and whose quantisation the
    /// caller gives; returns the output.
    pub fn add_op(
        &mut self,
        name: impl Into<String>,
        op: impl Into<Op>,
        inputs: &[ValueId],
        quant: crate::tensor::Quant,
    ) -> Result<ValueId, Diagnostic> {
        let (name, op) = (name.into(), op.into());
        let types: Vec<_> = inputs.iter().map(|&id| &self.value(id).ty).collect();
        let layer = self.nodes.len();
        let origin =
            Origin::Layer { index: layer, kind: op.name().to_string(), name: name.clone() };
        let (dtype, shape) = match op.infer(&types) {
            Ok(outputs) if outputs.len() == 1 => outputs.into_iter().next().expect("length is 1"),
            Ok(outputs) => {
                let text = format!("has {} outputs where 1 is expected", outputs.len());
                return Err(Diagnostic::new(Code::Inconsistent, origin, text));
            }
            Err(error) => return Err(error.at(origin)),
        };
        let output = self.add_value(name.clone(), TensorType { dtype, shape, quant });
        self.add_node(Node::new(name, layer, op, inputs.to_vec(), vec![output]));
        Ok(output)
    }

    /// A graph of one node.
    pub fn of_case(case: &Case) -> Self {
        let mut graph = Self::new(case.name.clone());
        graph.append_case(case);
        graph
    }

    /// A graph of one of this graph's nodes, which takes all its operands, constant ones too, and
    /// gives its results.
    #[must_use]
    pub fn of_node(&self, node: &Node) -> Self {
        let mut graph = Self::new(node.name.clone());
        let ty = |id: ValueId| (self.value(id).name.clone(), self.value(id).ty.clone());
        let mut value = |&id: &ValueId| {
            let (name, ty) = ty(id);
            graph.add_value(name, ty)
        };
        let inputs: Vec<_> = node.inputs.iter().map(&mut value).collect();
        let outputs: Vec<_> = node.outputs.iter().map(&mut value).collect();
        graph.set_inputs(inputs.clone());
        graph.set_outputs(outputs.clone());
        graph.add_node(Node { inputs, outputs, ..node.clone() });
        graph
    }

    /// Adds the case's node with model inputs and outputs of its own.
    pub fn append_case(&mut self, case: &Case) {
        let mut inputs = Vec::new();
        for (i, (ty, constant)) in case.inputs.iter().enumerate() {
            let name = format!("{}/in{i}", case.name);
            inputs.push(match constant {
                Some(data) => self.add_constant(name, ty.clone(), data.clone()),
                None => self.add_input(name, ty.clone()),
            });
        }
        let named = |(i, ty): (usize, &TensorType)| (format!("{}/out{i}", case.name), ty.clone());
        let outputs: Vec<_> = case.outputs.iter().enumerate().map(named).collect();
        let outputs: Vec<_> =
            outputs.into_iter().map(|(name, ty)| self.add_value(name, ty)).collect();
        self.outputs.extend(&outputs);
        let (layer, op) = (self.nodes.len(), case.op.clone());
        self.add_node(Node::new(case.name.clone(), layer, op, inputs, outputs));
    }

    /// The surroundings of a node of this graph.
    pub fn site(&self, node: &Node) -> Site<'_> {
        let operand = |&id: &ValueId| {
            let value = self.value(id);
            Operand { ty: &value.ty, constant: value.constant.as_deref() }
        };
        Site {
            inputs: node.inputs.iter().map(operand).collect(),
            outputs: node.outputs.iter().map(|&id| &self.value(id).ty).collect(),
        }
    }

    /// Multiply-accumulate operations of a node; those of a region as often as [`Node::runs`] says.
    pub fn macs(&self, node: &Node) -> u64 {
        node.with_regions(node.op.macs(&self.site(node)), Self::macs)
    }

    /// Elementary operations of a node, roughly; those of a region as often as [`Node::runs`] says.
    pub fn work(&self, node: &Node) -> u64 {
        node.with_regions(node.op.work(&self.site(node)), Self::work)
    }

    /// Elements of the constants that a node reads.
    pub fn parameters(&self, node: &Node) -> u64 {
        let constants = node.inputs.iter().filter(|&&id| self.value(id).constant.is_some());
        let own: u64 = constants.map(|&id| self.value(id).ty.shape.elements() as u64).sum();
        let inside = |region: &Graph| region.total(Self::parameters);
        own + node.regions.iter().map(inside).sum::<u64>()
    }

    /// The sum of a figure over all nodes.
    pub fn total(&self, of: impl Fn(&Self, &Node) -> u64) -> u64 {
        self.nodes.iter().map(|node| of(self, node)).fold(0, u64::saturating_add)
    }

    /// Values of this graph and of all regions in it. Where data of all values is kept, a graph's own
    /// come first, then those of its nodes' regions in order.
    pub fn slots(&self) -> usize {
        let regions = self.nodes.iter().flat_map(|node| &node.regions);
        self.values.len() + regions.map(Self::slots).sum::<usize>()
    }

    /// For each node, where the values of its regions begin; see [`Graph::slots`].
    pub fn region_slots(&self) -> Vec<Vec<usize>> {
        let mut next = self.values.len();
        let mut begin = |region: &Graph| {
            let first = next;
            next += region.slots();
            first
        };
        self.nodes.iter().map(|node| node.regions.iter().map(&mut begin).collect()).collect()
    }

    fn push(&mut self, value: Value) -> ValueId {
        let id = u32::try_from(self.values.len()).expect("importers limit the number of tensors");
        self.values.push(value);
        ValueId(id)
    }
}
