//! Parts of a graph that compute with their axes in another order, and what is moved around them.

use super::axes::{compose, inverse, is_still, long, permuted};
use super::columns;
use super::flip::{Flip, Need, Side, expanded, flip, is_along_axis};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::Op;
use std::collections::{BTreeMap, VecDeque};

/// Most readers of a value that may be had in another order.
const MAX_READERS: usize = 32;

/// Who reads a value: operand `operand` of a node, or the world where there is no node.
#[derive(Debug, Clone, Copy)]
struct Reader {
    node: Option<usize>,
    operand: usize,
    value: ValueId,
}

/// A graph without its transpositions: each value is one that a node computes, with its axes in some
/// order, and each node may compute with its axes in another one.
pub(super) struct Layout<'a> {
    graph: &'a Graph,
    /// For each value that is a transposition of another one: that one, and the order of its axes.
    moved: Vec<Option<(ValueId, Vec<usize>)>>,
    /// For each other value, the node that computes it, as which output.
    producers: Vec<Option<(usize, usize)>>,
    /// Who reads it, possibly with its axes in another order.
    readers: Vec<Vec<Reader>>,
    reads: Vec<u32>,
    pub flips: Vec<Option<Flip>>,
    /// Reshapes that take their elements in any order.
    pub flattens: Vec<bool>,
    /// Nodes that may still be tried.
    budget: usize,
}

impl<'a> Layout<'a> {
    pub(super) fn new(graph: &'a Graph, reorders_sums: bool) -> Self {
        let (values, nodes) = (graph.values().len(), graph.nodes());
        let mut new = Self {
            graph,
            moved: vec![None; values],
            producers: vec![None; values],
            readers: vec![Vec::new(); values],
            reads: vec![0; values],
            flips: vec![None; nodes.len()],
            flattens: columns::flattening(graph, reorders_sums),
            budget: 256 + 32 * nodes.len(),
        };
        for (index, node) in nodes.iter().enumerate() {
            node.inputs.iter().for_each(|input| new.reads[input.index()] += 1);
            if let Some(permutation) = permutation(graph, node) {
                let (source, axes) = new.origin(node.inputs[0]);
                new.moved[node.outputs[0].index()] = Some((source, compose(&axes, permutation)));
                continue;
            }
            for (place, output) in node.outputs.iter().enumerate() {
                new.producers[output.index()] = Some((index, place));
            }
            for (operand, &value) in node.inputs.iter().enumerate() {
                if graph.value(value).constant.is_none() {
                    new.read(Reader { node: Some(index), operand, value });
                }
            }
        }
        for value in graph.results() {
            new.reads[value.index()] += 1;
            new.read(Reader { node: None, operand: 0, value });
        }
        new
    }

    fn read(&mut self, reader: Reader) {
        let (source, _) = self.origin(reader.value);
        self.readers[source.index()].push(reader);
    }

    /// The value that others are transpositions of, and the order of its axes.
    pub(super) fn origin(&self, value: ValueId) -> (ValueId, Vec<usize>) {
        self.moved[value.index()]
            .clone()
            .unwrap_or_else(|| (value, (0..self.graph.value(value).ty.shape.rank()).collect()))
    }

    /// The order in which the axes of a value lie that a node computes.
    pub(super) fn order(&self, value: ValueId) -> Vec<usize> {
        let (node, place) = self.producers[value.index()].unwrap_or((usize::MAX, 0));
        let flip = self.flips.get(node).and_then(Option::as_ref);
        flip.map_or_else(
            || (0..self.graph.value(value).ty.shape.rank()).collect(),
            |flip| flip.outputs[place].clone(),
        )
    }

    /// The order of the axes of a value that is no transposition in which an operand is wanted.
    fn wanted(&self, reader: &Reader) -> Vec<usize> {
        let (_, axes) = self.origin(reader.value);
        match reader.node.and_then(|node| self.flips[node].as_ref()) {
            Some(flip) => match &flip.needs[reader.operand] {
                Need::Axes(own) => compose(&axes, own),
                _ => axes,
            },
            None => axes,
        }
    }

    /// Bytes that are moved to give a value to all who read it.
    fn moves(&self, value: ValueId) -> usize {
        let ty = &self.graph.value(value).ty;
        let shape = &ty.shape;
        let mut orders = vec![long(shape, &self.order(value))];
        let mut bytes = 0;
        for reader in &self.readers[value.index()] {
            if reader.node.is_some_and(|node| self.flattens[node]) {
                continue;
            }
            let wanted = long(shape, &self.wanted(reader));
            if !orders.contains(&wanted) {
                orders.push(wanted);
                bytes += ty.bytes();
            }
            let flip = reader.node.and_then(|node| self.flips[node].as_ref());
            if let Some(Need::Expanded(axes)) = flip.map(|flip| &flip.needs[reader.operand]) {
                let ty = expanded(&self.graph.value(reader.value).ty, axes.len());
                bytes += if is_still(&ty.shape, axes) { 0 } else { ty.bytes() };
            }
        }
        bytes
    }

    /// The values that depend on how a node computes.
    fn around(&self, node: usize, values: &mut Vec<ValueId>) {
        let node = &self.graph.nodes()[node];
        let inputs = node.inputs.iter().filter(|id| self.graph.value(**id).constant.is_none());
        values.extend(inputs.map(|&id| self.origin(id).0).chain(node.outputs.iter().copied()));
        values.sort_unstable();
        values.dedup();
    }

    fn total(&self, values: &[ValueId], nodes: &[usize]) -> usize {
        let copies = |&node: &usize| self.flips[node].as_ref().map_or(0, |flip| flip.copies);
        values.iter().map(|&value| self.moves(value)).sum::<usize>()
            + nodes.iter().map(copies).sum::<usize>()
    }

    /// Lets parts of the graph compute with their axes in another order wherever fewer bytes are moved
    /// then; returns whether there is one.
    pub(super) fn improve(&mut self) -> bool {
        let mut improved = false;
        for value in self.graph.ids() {
            for place in 0..self.readers[value.index()].len() {
                improved |= self.improve_at(value, place);
            }
        }
        improved
    }

    /// The same around one reader, which gets a value with its axes in another order.
    fn improve_at(&mut self, value: ValueId, place: usize) -> bool {
        let mut improved = false;
        for from_reader in [true, false] {
            let reader = self.readers[value.index()][place];
            let (order, wanted) = (self.order(value), self.wanted(&reader));
            let shape = &self.graph.value(value).ty.shape;
            if long(shape, &order) == long(shape, &wanted) {
                return improved;
            }
            let seed = if from_reader {
                reader.node.map(|node| (node, Side::Input, self.handed(&reader)))
            } else {
                self.producers[value.index()].map(|(node, _)| (node, Side::Output, wanted))
            };
            improved |= seed.is_some_and(|seed| self.try_region(seed));
        }
        improved
    }

    /// The order in which a reader would have to take the axes of what it reads so that nothing is
    /// moved.
    fn handed(&self, reader: &Reader) -> Vec<usize> {
        let (source, axes) = self.origin(reader.value);
        compose(&inverse(&axes), &self.order(source))
    }

    /// Grows a region from a node; returns whether it stays.
    fn try_region(&mut self, seed: (usize, Side, Vec<usize>)) -> bool {
        let mut nodes = self.grow(seed);
        let mut values = Vec::new();
        for &node in &nodes {
            self.around(node, &mut values);
        }
        self.shrink(&mut nodes);
        let after = self.total(&values, &nodes);
        let flips: Vec<_> = nodes.iter().map(|&node| self.flips[node].take()).collect();
        let before = self.total(&values, &nodes);
        if after >= before {
            return false;
        }
        nodes.iter().zip(flips).for_each(|(&node, flip)| self.flips[node] = flip);
        true
    }

    /// Takes in every node that could compute in the order of what it reads or gives.
    fn grow(&mut self, seed: (usize, Side, Vec<usize>)) -> Vec<usize> {
        let mut nodes = Vec::new();
        let mut queue = VecDeque::from([seed]);
        while let Some((index, side, axes)) = queue.pop_front() {
            if self.flips[index].is_some() || self.budget == 0 {
                continue;
            }
            self.budget -= 1;
            let Some(flip) = self.flip(index, side, &axes) else { continue };
            self.flips[index] = Some(flip);
            nodes.push(index);
            let node = &self.graph.nodes()[index];
            for (operand, &value) in node.inputs.iter().enumerate() {
                let reader = Reader { node: Some(index), operand, value };
                let (source, _) = self.origin(value);
                let wanted = self.wanted(&reader);
                if let Some((producer, _)) = self.producers[source.index()]
                    && self.flips[producer].is_none()
                    && !is_still(&self.graph.value(source).ty.shape, &wanted)
                {
                    queue.push_back((producer, Side::Output, wanted));
                }
            }
            for &output in &node.outputs {
                for reader in &self.readers[output.index()] {
                    let axes = self.handed(reader);
                    if let Some(next) = reader.node.filter(|&node| self.flips[node].is_none())
                        && !is_still(&self.graph.value(reader.value).ty.shape, &axes)
                    {
                        queue.push_back((next, Side::Input, axes));
                    }
                }
            }
        }
        nodes
    }

    fn flip(&self, index: usize, side: Side, axes: &[usize]) -> Option<Flip> {
        let node = &self.graph.nodes()[index];
        let busy = |id: &ValueId| self.readers[id.index()].len() > MAX_READERS;
        let sources = node.inputs.iter().map(|&id| self.origin(id).0);
        if self.flattens[index]
            || node.outputs.iter().any(busy)
            || sources.into_iter().any(|id| busy(&id))
        {
            return None;
        }
        flip(self.graph, node, (side, axes), |id| self.reads[id.index()])
    }

    /// Gives up nodes, from the rim, where no more bytes are moved without them.
    fn shrink(&mut self, nodes: &mut Vec<usize>) {
        let mut shrinks = true;
        for _ in 0..4 {
            if !std::mem::take(&mut shrinks) {
                return;
            }
            for &node in nodes.iter().rev() {
                let mut values = Vec::new();
                self.around(node, &mut values);
                let with = self.total(&values, &[node]);
                let flip = self.flips[node].take();
                if self.total(&values, &[node]) > with {
                    self.flips[node] = flip;
                } else {
                    shrinks = true;
                }
            }
            nodes.retain(|&node| self.flips[node].is_some());
        }
    }

    /// Whether the graph has transpositions that are none, that follow others, that are done twice, or
    /// that a layer can take on.
    pub(super) fn is_redundant(&self) -> bool {
        let mut seen = BTreeMap::new();
        for node in self.graph.nodes() {
            if permutation(self.graph, node).is_none() {
                continue;
            }
            let output = node.outputs[0];
            let (source, axes) = self.origin(output);
            let shape = &self.graph.value(source).ty.shape;
            let chained = source != node.inputs[0];
            if chained || is_still(shape, &axes) {
                return true;
            }
            let inner = !self.graph.is_result(output);
            let before = seen.insert((source, axes), inner);
            if before.is_some_and(|before| before || inner) {
                return true;
            }
        }
        let flattened = self.graph.nodes().iter().zip(&self.flattens).filter(|(_, flat)| **flat);
        flattened.into_iter().any(|(node, _)| self.origin(node.inputs[0]).0 != node.inputs[0])
    }

    /// The type of a value that a node computes, in its new order.
    pub(super) fn ty(&self, value: ValueId) -> crate::tensor::TensorType {
        permuted(&self.graph.value(value).ty, &self.order(value))
    }
}

/// The permutation of a transposition.
pub(super) fn permutation<'a>(graph: &Graph, node: &'a Node) -> Option<&'a [usize]> {
    match &node.op {
        Op::Transpose(op) if !is_along_axis(&graph.value(node.inputs[0]).ty) => {
            Some(&op.permutation)
        }
        _ => None,
    }
}
