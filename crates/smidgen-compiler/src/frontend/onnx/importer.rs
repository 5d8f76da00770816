//! Builds a graph out of an ONNX model and collects the problems on the way.

use super::names::{Integers, Known, Names, Scheme};
use super::ports;
use super::quantised::{self, Group, Links};
use super::splice::Splice;
use crate::diag::{Code, Diagnostic, Origin};
use crate::frontend::{MAX_MODEL_BYTES, MAX_WORK, ReadOptions};
use crate::graph::{Graph, ValueId};
use crate::ops::OpError;
use crate::ops::onnx::{self, Build, Layer, Port};
use crate::reader::onnx::{Model, Node};
use crate::tensor::DType;

/// The state of an import.
pub(super) struct Importer<'a> {
    model: &'a Model,
    options: &'a ReadOptions,
    pub(super) names: Names<'a>,
    pub(super) links: Links<'a>,
    /// Nodes that an earlier one has taken along.
    pub(super) taken: Vec<bool>,
    problems: Vec<Diagnostic>,
}

impl<'a> Importer<'a> {
    pub(super) fn new(model: &'a Model, options: &'a ReadOptions) -> Self {
        let graph = &model.graph;
        Self {
            model,
            options,
            names: Names::new(Graph::new(options.name.clone()), &graph.initializers),
            links: Links::new(graph),
            taken: vec![false; graph.nodes.len()],
            problems: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Graph, Vec<Diagnostic>> {
        self.check_options();
        let source = &self.model.graph;
        for input in &source.inputs {
            if !self.names.is_stored(&input.name) {
                let read = ports::input(&mut self.names, input, self.options);
                self.note(read, || Origin::Value { name: input.name.clone() });
            }
        }
        for (index, node) in source.nodes.iter().enumerate() {
            if !self.taken[index] {
                self.node(index, node);
            }
        }
        let mut outputs = Vec::new();
        for output in &source.outputs {
            let value = ports::output(&mut self.names, &output.name, source.nodes.len());
            let at = || Origin::Value { name: output.name.clone() };
            outputs.extend(self.note(value, at).flatten());
        }
        self.finish(outputs)
    }

    fn finish(mut self, outputs: Vec<ValueId>) -> Result<Graph, Vec<Diagnostic>> {
        if self.model.graph.outputs.is_empty() {
            let text = "has no output: there is nothing to compute";
            self.problems.push(Diagnostic::new(Code::Inconsistent, Origin::Model, text));
        }
        let mut graph = self.names.graph;
        graph.set_outputs(outputs);
        if self.problems.is_empty() {
            self.problems.extend(graph.verify().err().into_iter().flatten());
        }
        if self.problems.is_empty() {
            self.problems.extend(excess(&graph));
        }
        if self.problems.is_empty() { Ok(graph) } else { Err(self.problems) }
    }

    /// Notes a problem, with the place where it is.
    fn note<T>(&mut self, result: Result<T, OpError>, at: impl FnOnce() -> Origin) -> Option<T> {
        result.map_err(|error| self.problems.push(error.at(at()))).ok()
    }

    /// Shapes and values that the user gives must belong to inputs.
    fn check_options(&mut self) {
        let inputs = &self.model.graph.inputs;
        let given = self.options.shapes.iter().map(|(name, _)| name);
        let given = given.chain(self.options.constants.iter().map(|constant| &constant.name));
        for name in given.filter(|name| !inputs.iter().any(|input| input.name == **name)) {
            let inputs: Vec<_> = inputs.iter().map(|input| format!("`{}`", input.name)).collect();
            let text = format!("has no input `{name}`");
            let problem = Diagnostic::new(Code::Inconsistent, Origin::Model, text);
            self.problems.push(problem.hint(format!("its inputs are {}", inputs.join(", "))));
        }
    }

    fn node(&mut self, index: usize, node: &'a Node) {
        let read = self.read(index, node);
        let at = || Origin::Layer { index, kind: node.op_type.clone(), name: node.name.clone() };
        if self.note(read, at).is_none() {
            for name in node.outputs.iter().flatten() {
                self.names.define(name, Known::Lost);
            }
        }
    }

    /// Adds what a node computes to the graph: in integers where the file says how, else as it is.
    fn read(&mut self, index: usize, node: &'a Node) -> Result<(), OpError> {
        if let Some(kind) = quantised::kind(node) {
            return self.quantised(index, node, kind);
        }
        let row = find(node)?;
        if let Some(group) = self.group(index, node)
            && self.in_integers(index, node, row, &group)?
        {
            return Ok(());
        }
        if self.moves_integers(index, node, row)? {
            return Ok(());
        }
        let Some(operands) = self.operands(index, node)? else {
            self.lose(node);
            return Ok(());
        };
        let values = self.build(index, node, row, &operands, None)?;
        for (name, value) in node.outputs.iter().zip(values) {
            if let Some(name) = name {
                self.names.define(name, Known::Value(value));
            }
        }
        Ok(())
    }

    /// Values of a node's inputs as the file has them; `None` where one of them is lost.
    fn operands(
        &mut self,
        index: usize,
        node: &'a Node,
    ) -> Result<Option<Vec<Option<ValueId>>>, OpError> {
        let mut operands = Vec::new();
        for name in &node.inputs {
            let value = name.as_deref().map(|name| self.names.plain(name, index)).transpose()?;
            if value == Some(None) {
                return Ok(None);
            }
            operands.push(value.flatten());
        }
        Ok(Some(operands))
    }

    /// The outputs of a node whose inputs are lost are lost as well.
    pub(super) fn lose(&mut self, node: &'a Node) {
        for name in node.outputs.iter().flatten() {
            self.names.define(name, Known::Lost);
        }
    }

    /// What a node computes of `operands`. With a scheme, it computes in integers of which the first
    /// output is quantised so.
    pub(super) fn build(
        &mut self,
        index: usize,
        node: &'a Node,
        row: onnx::Row,
        operands: &[Option<ValueId>],
        scheme: Option<&Scheme>,
    ) -> Result<Vec<ValueId>, OpError> {
        let port = |id: &ValueId| {
            let value = self.names.graph.value(*id);
            Port { ty: &value.ty, constant: value.constant.as_deref() }
        };
        let inputs = operands.iter().map(|id| id.as_ref().map(port)).collect();
        let result = scheme.map(|scheme| scheme.quant.clone());
        let layer = Layer { node, inputs, rounding: self.options.rounding, result };
        let mut build = Build::new(&layer);
        let results = row.read(&mut build)?;
        if let Some(scheme) = scheme {
            let fits = |&term| {
                let ty = build.ty(term);
                ty.dtype == scheme.dtype && ty.quant == scheme.quant
            };
            if !results.iter().all(fits) {
                return Err(OpError::unsupported("the integers of the outputs differ"));
            }
        }
        let (items, steps) = build.finish();
        let items = items.into_iter().map(Into::into).collect();
        let outputs = node.outputs.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        let results = results.into_iter().zip(outputs).collect();
        let given = operands.iter().flatten().copied().collect();
        let splice = Splice { name: &node.name, index, given, items, results };
        Ok(splice.add(steps, &mut self.names.graph))
    }

    /// Tries to take quantised integers along where a node only moves them; returns whether it does.
    fn moves_integers(
        &mut self,
        index: usize,
        node: &'a Node,
        row: onnx::Row,
    ) -> Result<bool, OpError> {
        let Some(first) = node.input(0) else { return Ok(false) };
        let Known::Integers(first) = self.names.get(first)? else { return Ok(false) };
        let ty = &self.names.graph.value(first.value).ty;
        let (quant, dtype) = (ty.quant.clone(), ty.dtype);
        let scheme = Scheme { quant, dtype, unsigned: first.unsigned };
        let mut operands = Vec::new();
        for name in &node.inputs {
            operands.push(match name {
                Some(name) => match self.names.get(name)? {
                    Known::Integers(other) if other.unsigned == first.unsigned => Some(other.value),
                    Known::Value(value) => Some(value),
                    _ => return Ok(false),
                },
                None => None,
            });
        }
        let Ok(values) = self.build(index, node, row, &operands, Some(&scheme)) else {
            return Ok(false);
        };
        for (name, value) in node.outputs.iter().zip(values) {
            if let Some(name) = name {
                let integers = Integers { value, unsigned: first.unsigned };
                self.names.define(name, Known::Integers(integers));
            }
        }
        Ok(true)
    }

    /// Tries to compute a group of nodes in integers; returns whether it could be done.
    fn in_integers(
        &mut self,
        index: usize,
        node: &'a Node,
        row: onnx::Row,
        group: &Group<'a>,
    ) -> Result<bool, OpError> {
        let mut operands: Vec<Option<ValueId>> = Vec::new();
        for name in &node.inputs {
            operands.push(match name {
                Some(name) => match self.names.get(name)? {
                    Known::Reals(bias) if self.names.dtype(bias) == DType::I32 => {
                        let Some(bias) = self.names.bias(bias, &operands) else { return Ok(false) };
                        Some(bias)
                    }
                    Known::Reals(integers) => Some(integers.value),
                    Known::Lost => return Ok(false),
                    _ => self.names.plain(name, index)?,
                },
                None => None,
            });
        }
        let scheme = &group.scheme;
        let Ok(values) = self.build(index, node, row, &operands, Some(scheme)) else {
            return Ok(false);
        };
        for (step, value) in group.outputs.iter().zip(values) {
            let value = match step.clamp {
                Some(clamp) => {
                    let clamp_node = &self.model.graph.nodes[clamp];
                    let row = find(clamp_node)?;
                    let operands = self.clamp_operands(clamp, value)?;
                    self.build(clamp, clamp_node, row, &operands, Some(scheme))?[0]
                }
                None => value,
            };
            let integers = Integers { value, unsigned: scheme.unsigned };
            self.names.define(step.name, Known::Integers(integers));
            self.taken[step.quantize] = true;
            if let Some(clamp) = step.clamp {
                self.taken[clamp] = true;
            }
        }
        Ok(true)
    }

    fn clamp_operands(
        &mut self,
        clamp: usize,
        value: ValueId,
    ) -> Result<Vec<Option<ValueId>>, OpError> {
        let node = &self.model.graph.nodes[clamp];
        let mut operands = vec![Some(value)];
        for name in node.inputs.iter().skip(1) {
            operands.push(match name {
                Some(name) => self.names.plain(name, clamp)?,
                None => None,
            });
        }
        Ok(operands)
    }

    pub(super) fn source(&self) -> &'a [Node] {
        &self.model.graph.nodes
    }
}

/// The row of a node's operator.
pub(super) fn find(node: &Node) -> Result<onnx::Row, OpError> {
    let own = matches!(node.domain.as_str(), "" | "ai.onnx");
    onnx::find(&node.op_type).filter(|_| own).ok_or_else(|| {
        let domain = if own { String::new() } else { format!(" of domain `{}`", node.domain) };
        OpError {
            code: Code::UnsupportedOperator,
            text: format!("operator `{}`{domain} is not supported", node.op_type),
            hint: None,
        }
    })
}

/// What a graph takes that exceeds a limit.
fn excess(graph: &Graph) -> Vec<Diagnostic> {
    let bytes: u64 = graph.values().iter().map(|value| value.ty.bytes() as u64).sum();
    let limits = [
        (bytes, MAX_MODEL_BYTES as u64, "all tensors take", "bytes"),
        (graph.total(Graph::work), MAX_WORK, "one inference takes", "elementary operations"),
    ];
    let over = limits.into_iter().filter(|limit| limit.0 > limit.1);
    let problem = |(size, limit, what, unit)| {
        let text = format!("{what} {size} {unit}, the limit is {limit}");
        Diagnostic::new(Code::TooLarge, Origin::Model, text)
    };
    over.map(problem).collect()
}
