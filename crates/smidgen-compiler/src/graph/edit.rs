//! Edits that keep a graph well formed; passes are written in terms of them.

use super::{Graph, Node, State, ValueId};
use crate::tensor::{Data, Quant};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Graph {
    /// Index of the node that computes `value`.
    pub fn producer(&self, value: ValueId) -> Option<usize> {
        self.nodes.iter().position(|node| node.outputs.contains(&value))
    }

    /// Indices of the nodes that read `value`, once per node.
    pub fn users(&self, value: ValueId) -> Vec<usize> {
        let reads = |node: &Node| node.inputs.contains(&value);
        self.nodes.iter().enumerate().filter(|(_, node)| reads(node)).map(|(i, _)| i).collect()
    }

    /// Values that are read after an inference: model outputs and new states.
    pub fn results(&self) -> impl Iterator<Item = ValueId> + '_ {
        self.outputs.iter().copied().chain(self.states.iter().map(|state| state.after))
    }

    /// Whether `value` is read after an inference.
    pub fn is_result(&self, value: ValueId) -> bool {
        self.results().any(|result| result == value)
    }

    /// Whether `value` is a model input.
    pub fn is_input(&self, value: ValueId) -> bool {
        self.inputs.contains(&value)
    }

    /// A node for modification. Its place in the order stays.
    pub fn node_mut(&mut self, index: usize) -> &mut Node {
        &mut self.nodes[index]
    }

    /// Makes every reader of `from`, model outputs and new states included, read `to`.
    pub fn replace_uses(&mut self, from: ValueId, to: ValueId) {
        let reads = self.nodes.iter_mut().flat_map(|node| node.inputs.iter_mut());
        let after = self.states.iter_mut().map(|state| &mut state.after);
        for id in reads.chain(self.outputs.iter_mut()).chain(after).filter(|id| **id == from) {
            *id = to;
        }
    }

    /// Turns `value` into a constant. Its producer must be removed by the caller.
    pub fn make_constant(&mut self, value: ValueId, data: Data) {
        self.values[value.index()].constant = Some(Arc::new(data));
    }

    /// Says what the integers of `value` mean. Nothing that reads it may depend on it yet.
    pub fn set_quant(&mut self, value: ValueId, quant: Quant) {
        self.values[value.index()].ty.quant = quant;
    }

    /// Removes the node that was added last. Its outputs must get another definition.
    pub fn remove_last_node(&mut self) {
        self.nodes.pop();
    }

    /// Removes the nodes for which `keep` is false.
    pub fn retain_nodes(&mut self, mut keep: impl FnMut(usize, &Node) -> bool) {
        let mut index = 0;
        self.nodes.retain(|node| {
            index += 1;
            keep(index - 1, node)
        });
    }

    /// Adds all of `other` beside what is there: its inputs and outputs follow those of `self`.
    pub fn append(&mut self, other: &Self) {
        let here = self.embed(other, &BTreeMap::new());
        self.inputs.extend(other.inputs.iter().map(|id| here[id.index()]));
        self.outputs.extend(other.outputs.iter().map(|id| here[id.index()]));
        self.states.extend(other.states.iter().map(|state| State {
            before: here[state.before.index()],
            after: here[state.after.index()],
            ..state.clone()
        }));
    }

    /// Adds the nodes of `region`, which read `arguments` in the place of its inputs; returns what
    /// its outputs are here.
    pub fn inline(&mut self, region: &Self, arguments: &[ValueId]) -> Vec<ValueId> {
        let inputs = region.inputs.iter().copied();
        let here = self.embed(region, &inputs.zip(arguments.iter().copied()).collect());
        region.outputs.iter().map(|id| here[id.index()]).collect()
    }

    /// Adds the values of `other` that are not `known` here by another identifier, and its nodes;
    /// returns what each of its values is here.
    fn embed(&mut self, other: &Self, known: &BTreeMap<ValueId, ValueId>) -> Vec<ValueId> {
        let mut add = |id| self.push(other.value(id).clone());
        let here: Vec<ValueId> =
            other.ids().map(|id| known.get(&id).copied().unwrap_or_else(|| add(id))).collect();
        let find = |ids: &[ValueId]| ids.iter().map(|id| here[id.index()]).collect();
        self.nodes.extend(other.nodes.iter().map(|node| Node {
            inputs: find(&node.inputs),
            outputs: find(&node.outputs),
            ..node.clone()
        }));
        here
    }

    /// Gives every node a new name made from its old one.
    pub fn rename_nodes(&mut self, rename: impl Fn(&str) -> String) {
        self.nodes.iter_mut().for_each(|node| node.name = rename(&node.name));
    }

    /// Inserts a node before position `index`.
    pub fn insert_node(&mut self, index: usize, node: Node) {
        self.nodes.insert(index, node);
    }
}
