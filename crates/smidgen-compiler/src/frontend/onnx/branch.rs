//! `If`: one of two graphs, which see the names of the graph around them.

use std::collections::BTreeSet;

use super::importer::Importer;
use super::names::Known;
use crate::diag::Code;
use crate::graph::{Graph, Node as GraphNode, ValueId};
use crate::ops::{Control, Op, OpError, is_choice};
use crate::reader::onnx::{Attribute, Graph as Source, Node};
use crate::tensor::{Data, TensorType};

impl<'a> Importer<'a> {
    /// A node that runs one of two graphs: which one may be known already.
    pub(super) fn branch(&mut self, index: usize, node: &'a Node) -> Result<(), OpError> {
        let graphs = [node.graph("then_branch")?, node.graph("else_branch")?];
        let condition = node.input(0).ok_or_else(|| OpError::inconsistent("has no condition"))?;
        let Some(condition) = self.names.plain(condition, index)? else {
            self.lose(node);
            return Ok(());
        };
        let value = self.names.graph.value(condition);
        if !is_choice(&value.ty) {
            return Err(OpError::inconsistent("the condition must be one element of `bool`"));
        }
        match value.constant.as_deref() {
            Some(Data::Bool(choice)) => self.inline(index, node, graphs[usize::from(!choice[0])]),
            _ => self.choose(index, node, graphs, condition),
        }
    }

    /// Reads the nodes of a graph as if they stood where `node` does.
    fn inline(&mut self, index: usize, node: &'a Node, graph: &'a Source) -> Result<(), OpError> {
        let shadowed = self.names.shadow(given(graph));
        self.names.store(&graph.initializers);
        for inner in &graph.nodes {
            self.node(index, inner);
        }
        let results = graph.outputs.iter().map(|output| self.names.get(&output.name));
        let results: Vec<Result<Known, OpError>> = results.collect();
        self.names.restore(shadowed);
        for (name, known) in node.outputs.iter().zip(results) {
            if let Some(name) = name {
                self.names.define(name, known?);
            }
        }
        Ok(())
    }

    /// Adds a node that decides when the model runs.
    fn choose(
        &mut self,
        index: usize,
        node: &'a Node,
        graphs: [&'a Source; 2],
        condition: ValueId,
    ) -> Result<(), OpError> {
        let mut names = BTreeSet::new();
        for graph in graphs {
            read_from_outside(graph, &mut names);
        }
        let mut seen = Vec::new();
        for name in names {
            let Some(value) = self.names.plain(name, index)? else {
                self.lose(node);
                return Ok(());
            };
            seen.push((name, value));
        }
        let mut regions = Vec::new();
        for graph in graphs {
            let Some(region) = self.region(graph, &seen) else {
                self.lose(node);
                return Ok(());
            };
            regions.push(region);
        }
        let types = |region: &Graph| -> Vec<TensorType> {
            region.outputs().iter().map(|&id| region.value(id).ty.clone()).collect()
        };
        let results = types(&regions[0]);
        if results != types(&regions[1]) || results.len() < node.outputs.len() {
            let text = "the branches give tensors of different types or shapes";
            return Err(OpError { code: Code::DynamicShape, text: text.to_owned(), hint: None });
        }
        let mut outputs = Vec::new();
        for (at, ty) in results.iter().enumerate() {
            let name = node.output(at);
            let value = self.names.graph.add_value(name.unwrap_or(&node.name), ty.clone());
            if let Some(name) = name {
                self.names.define(name, Known::Value(value));
            }
            outputs.push(value);
        }
        let known = |value: &ValueId| self.names.graph.value(*value).constant.is_some();
        let given = seen.iter().map(|&(_, value)| value).filter(|value| !known(value));
        let inputs = [condition].into_iter().chain(given).collect();
        let op = Op::Control(Control::If { results });
        let made = GraphNode::new(&node.name, index, op, inputs, outputs);
        self.names.graph.add_node(GraphNode { regions, ..made });
        Ok(())
    }

    /// A branch as a graph whose inputs are the values `seen` that are not constant; `None` where it has
    /// problems.
    fn region(&mut self, graph: &'a Source, seen: &[(&'a str, ValueId)]) -> Option<Graph> {
        let mut inner = Importer::new(graph, self.options);
        for &(name, value) in seen {
            let value = self.names.graph.value(value);
            let ty = value.ty.clone();
            let own = match value.constant.clone() {
                Some(data) => inner.names.graph.add_constant(name, ty, data),
                None => inner.names.graph.add_input(name, ty),
            };
            inner.names.define(name, Known::Value(own));
        }
        inner.nodes();
        let outputs = inner.outputs();
        let is_whole = inner.problems.is_empty() && outputs.len() == graph.outputs.len();
        self.problems.append(&mut inner.problems);
        let mut region = inner.names.graph;
        region.set_outputs(outputs);
        is_whole.then_some(region)
    }
}

/// Names that a graph reads, or the graphs that its nodes run, and that it does not give itself.
fn read_from_outside<'a>(graph: &'a Source, names: &mut BTreeSet<&'a str>) {
    let mut read = BTreeSet::new();
    for node in &graph.nodes {
        read.extend(node.inputs.iter().flatten().map(String::as_str));
        for (_, attribute) in &node.attributes {
            if let Attribute::Graph(inner) = attribute {
                read_from_outside(inner, &mut read);
            }
        }
    }
    read.extend(graph.outputs.iter().map(|output| output.name.as_str()));
    for name in given(graph) {
        read.remove(name);
    }
    names.extend(read);
}

/// Names that a graph gives itself.
fn given(graph: &Source) -> impl Iterator<Item = &str> {
    let given = graph.nodes.iter().flat_map(|node| node.outputs.iter().flatten());
    let given = given.chain(graph.initializers.iter().map(|tensor| &tensor.name));
    given.chain(graph.inputs.iter().map(|input| &input.name)).map(String::as_str)
}
