//! Post-training quantisation: a float graph and what samples tell of it become an integer graph that
//! follows TFLite's specification of 8-bit quantisation (int8 activations, int8 weights with a scale
//! for each output channel, int32 biases) or of 16 by 8 bits (int16 activations, int64 biases).
//!
//! [`prepare`] brings a float graph into the form that is quantised; [`Statistics`] observe its values
//! on samples; [`equalise`] evens out the ranges of channels; [`quantise`] writes the integer graph;
//! [`noise`] says what each layer lost.

mod equalise;
mod groups;
mod histogram;
mod interval;
mod method;
pub mod noise;
mod rewrite;
mod statistics;
#[cfg(test)]
mod tests;
mod weights;

pub use equalise::equalise;
pub use method::Method;
pub use rewrite::{LeftReal, Quantised};
pub use statistics::Statistics;

use self::groups::Groups;
use self::rewrite::Rewriter;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Scales, SecondOperand};
use crate::passes::{self, Pass};
use crate::tensor::{DType, Data, Shape, TensorType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a layer's activations are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8 bits.
    Int8,
    /// 16 bits, around 0.
    Int16,
    /// As in the float graph.
    Float32,
}

impl Precision {
    /// The element type of integers.
    fn dtype(self) -> Option<DType> {
        match self {
            Self::Int8 => Some(DType::I8),
            Self::Int16 => Some(DType::I16),
            Self::Float32 => None,
        }
    }
}

/// The integers of a node, or why it computes with floats.
type Integers = Result<DType, String>;

/// How to quantise.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// Precision of all layers that say nothing else.
    pub precision: Precision,
    /// Precision of single [`layers`], by the position of their nodes. What only moves numbers follows
    /// what computed them.
    pub layers: BTreeMap<usize, Precision>,
    /// How ranges are chosen.
    pub method: Method,
    /// Whether biases take up what the rounding of weights adds to the mean.
    pub correct_bias: bool,
    /// Whether model inputs and outputs stay floats.
    pub float_ports: bool,
}

impl Scheme {
    /// The integers of each node.
    fn integers(&self, graph: &Graph) -> Vec<Integers> {
        let mut producers = vec![None; graph.values().len()];
        let mut integers = Vec::with_capacity(graph.nodes().len());
        for (index, node) in graph.nodes().iter().enumerate() {
            let moved = || {
                let mut operands = groups::reals(graph, &node.inputs);
                let producer = operands.find_map(|id| producers[id.index()]);
                producer.filter(|_| node.op.scales() == Scales::Shared)
            };
            let chosen = self.layers.get(&index).copied();
            let precision: Precision = chosen.or_else(moved).unwrap_or(self.precision);
            node.outputs.iter().for_each(|id| producers[id.index()] = Some(precision));
            integers.push(match precision.dtype() {
                Some(dtype) if node.op.is_standard(dtype) => Ok(dtype),
                Some(dtype) => Err(format!("no interpreter has it for {}", dtype.name())),
                None => Err("is to compute with floats".to_string()),
            });
        }
        integers
    }
}

/// Passes that make the graph smaller for every reader of the written file; what is left out makes
/// operators that no file can say.
const PASSES: &[&str] = &[
    "fold-constants",
    "eliminate-noops",
    "fuse-activation",
    "fuse-matmul",
    "fuse-transposes",
    "dead-code",
];

/// Brings a float graph into the form that [`quantise`] takes.
///
/// # Errors
/// As [`passes::run`].
pub fn prepare(graph: &Graph) -> Result<Graph, Vec<Diagnostic>> {
    let chosen: Vec<&dyn Pass> =
        passes::ALL.iter().copied().filter(|pass| PASSES.contains(&pass.name())).collect();
    let mut graph = graph.clone();
    passes::run(&mut graph, &chosen)?;
    for index in 0..graph.nodes().len() {
        let node = &graph.nodes()[index];
        let twin = node.op.integer_twin().filter(|_| groups::is_real(&graph, node));
        let Some((op, second)) = twin else {
            continue;
        };
        let first = node.inputs[0];
        let second = match second {
            SecondOperand::First => first,
            SecondOperand::Number(number) => {
                let name = format!("{}/factor", node.name);
                let ty = TensorType::plain(DType::F32, Shape::scalar());
                graph.add_constant(name, ty, Data::F32(vec![number]))
            }
        };
        let node = graph.node_mut(index);
        (node.op, node.inputs) = (op, vec![first, second]);
    }
    Ok(graph)
}

/// Positions of the nodes that can have `precision`, and that are worth a decision of their own: others
/// move what these compute.
pub fn layers(graph: &Graph, precision: Precision) -> Vec<usize> {
    let decides = |node: &Node| {
        let takes = precision.dtype().is_some_and(|dtype| node.op.is_standard(dtype));
        takes && !matches!(node.op.scales(), Scales::None | Scales::Shared)
    };
    let nodes = graph.nodes().iter().enumerate();
    nodes
        .filter(|(_, node)| groups::is_real(graph, node) && decides(node))
        .map(|(index, _)| index)
        .collect()
}

/// The real values that tell how good a quantisation is: what the model outputs are made from, before
/// probabilities and indices, which hide much of what was lost.
pub fn judged(graph: &Graph) -> Vec<ValueId> {
    let mut values = Vec::new();
    for &output in graph.outputs() {
        let mut id = output;
        while let Some(before) = graph.producer(id).and_then(|node| hidden(graph, node)) {
            id = before;
        }
        if graph.value(id).ty.dtype == DType::F32 && !values.contains(&id) {
            values.push(id);
        }
    }
    values
}

/// What a node makes probabilities or indices from, or only moves.
fn hidden(graph: &Graph, index: usize) -> Option<ValueId> {
    let node = &graph.nodes()[index];
    let hides = match node.op.scales() {
        Scales::Fixed(scale) => scale.is_probability,
        Scales::Shared => true,
        _ => groups::reals(graph, &node.outputs).next().is_none(),
    };
    let reals = groups::reals(graph, &node.inputs);
    let mut operands = reals.filter(|&id| graph.value(id).constant.is_none());
    let first = operands.next().filter(|_| hides)?;
    operands.next().is_none().then_some(first)
}

/// The graph in integers, as far as operators have an integer form. `statistics` are those of `graph`.
///
/// # Errors
/// Where the new graph contradicts itself, which is a defect.
pub fn quantise(
    graph: &Graph,
    statistics: &Statistics,
    scheme: &Scheme,
) -> Result<Quantised, Vec<Diagnostic>> {
    let integers = scheme.integers(graph);
    let groups = Groups::new(graph, statistics, scheme.method, &integers);
    Rewriter::new(graph, statistics, scheme, &groups, &integers).run()
}
