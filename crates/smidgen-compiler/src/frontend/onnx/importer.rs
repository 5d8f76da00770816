//! Builds a graph out of an ONNX model and collects the problems on the way.

use super::gelu::Sources;
use super::names::{Integers, Known, Names, Scheme};
use super::ports;
use super::quantised::{self, Group, Links};
use super::splice::Splice;
use crate::diag::{Code, Diagnostic, Origin};
use crate::frontend::{MAX_MODEL_BYTES, MAX_WORK, ReadOptions};
use crate::graph::{Graph, ValueId};
use crate::ops::OpError;
use crate::ops::onnx::{self, Build, Layer, Port, Term};
use crate::reader::onnx::{Graph as Source, Node, ValueInfo};
use crate::tensor::{DType, Rounding};

/// The state of an import.
pub(super) struct Importer<'a> {
    source: &'a Source,
    pub(super) options: &'a ReadOptions,
    pub(super) names: Names<'a>,
    pub(super) links: Links<'a>,
    pub(super) sources: Sources<'a>,
    /// Nodes that an earlier one has taken along.
    pub(super) taken: Vec<bool>,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Importer<'a> {
    pub(super) fn new(graph: &'a Source, options: &'a ReadOptions) -> Self {
        Self {
            source: graph,
            options,
            names: Names::new(Graph::new(options.name.clone()), &graph.initializers),
            links: Links::new(graph),
            sources: Sources::new(graph),
            taken: vec![false; graph.nodes.len()],
            problems: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Graph, Vec<Diagnostic>> {
        self.check_options();
        for input in &self.source.inputs {
            if !self.names.is_stored(&input.name) {
                let read = ports::input(&mut self.names, input, self.options);
                self.note(read, || Origin::Value { name: input.name.clone() });
            }
        }
        self.nodes();
        let outputs = self.outputs();
        self.finish(outputs)
    }

    /// Reads all nodes.
    pub(super) fn nodes(&mut self) {
        for (index, node) in self.source.nodes.iter().enumerate() {
            if !self.taken[index] {
                self.node(index, node);
            }
        }
    }

    /// The values of the graph's outputs; those that are lost have a problem.
    pub(super) fn outputs(&mut self) -> Vec<ValueId> {
        let (mut outputs, layer) = (Vec::new(), self.source.nodes.len());
        for output in &self.source.outputs {
            let at = || Origin::Value { name: output.name.clone() };
            let states = self.options.states.iter().filter(|(_, after)| *after == output.name);
            let mut is_state = false;
            for (before, _) in states {
                let kept = ports::state(&mut self.names, &output.name, before, layer);
                self.note(kept, at);
                is_state = true;
            }
            if !is_state {
                let value = ports::output(&mut self.names, &output.name, layer);
                outputs.extend(self.note(value, at).flatten());
            }
        }
        outputs
    }

    fn finish(mut self, outputs: Vec<ValueId>) -> Result<Graph, Vec<Diagnostic>> {
        if self.source.outputs.is_empty() {
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

    /// Shapes, values and states that the user gives must belong to inputs and outputs.
    fn check_options(&mut self) {
        let options = self.options;
        let names = |list: &'a [ValueInfo]| -> Vec<&str> {
            list.iter().map(|end| end.name.as_str()).collect()
        };
        let (inputs, outputs) = (names(&self.source.inputs), names(&self.source.outputs));
        let given = options.shapes.iter().map(|(name, _)| name);
        let given = given.chain(options.constants.iter().map(|constant| &constant.name));
        let given = given.chain(options.states.iter().map(|(before, _)| before));
        self.check_names(given, "input", &inputs);
        self.check_names(options.states.iter().map(|(_, after)| after), "output", &outputs);
    }

    fn check_names(&mut self, given: impl Iterator<Item = &'a String>, what: &str, known: &[&str]) {
        for name in given.filter(|name| !known.contains(&name.as_str())) {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            let text = format!("has no {what} `{name}`");
            let problem = Diagnostic::new(Code::Inconsistent, Origin::Model, text);
            self.problems.push(problem.hint(format!("its {what}s are {}", known.join(", "))));
        }
    }

    pub(super) fn node(&mut self, index: usize, node: &'a Node) {
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
        if node.op_type == "If" && is_own(node) {
            return self.branch(index, node);
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
        let Some(mut operands) = self.operands(index, node)? else {
            self.lose(node);
            return Ok(());
        };
        let mut row = row;
        if let Some((x, approximate)) = self.gelu(node) {
            row = onnx::GELU[usize::from(approximate)];
            operands = vec![self.names.plain(x, index)?];
        }
        let values = self.results(index, node, row, &operands, None)?;
        for (name, value) in node.outputs.iter().zip(values) {
            match (name, value) {
                (Some(name), Some(value)) => self.names.define(name, Known::Value(value)),
                (Some(name), None) => self.names.define_empty(name),
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// Values of a node's inputs as the file has them, those of empty ones absent; `None` where one of
    /// them is lost.
    fn operands(
        &mut self,
        index: usize,
        node: &'a Node,
    ) -> Result<Option<Vec<Option<ValueId>>>, OpError> {
        let mut operands = Vec::new();
        for name in &node.inputs {
            let name = name.as_deref().filter(|name| !self.names.is_empty(name));
            let value = name.map(|name| self.names.plain(name, index)).transpose()?;
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
        let results = self.results(index, node, row, operands, scheme)?;
        let whole: Option<Vec<ValueId>> = results.into_iter().collect();
        whole.ok_or_else(|| OpError::unsupported("gives an empty tensor"))
    }

    /// The same, with `None` for outputs without elements.
    fn results(
        &mut self,
        index: usize,
        node: &'a Node,
        row: onnx::Row,
        operands: &[Option<ValueId>],
        scheme: Option<&Scheme>,
    ) -> Result<Vec<Option<ValueId>>, OpError> {
        let port = |id: &ValueId| {
            let value = self.names.graph.value(*id);
            Port { ty: &value.ty, constant: value.constant.as_deref() }
        };
        let inputs = operands.iter().map(|id| id.as_ref().map(port)).collect();
        let result = scheme.map(|scheme| scheme.quant.clone());
        let rounding = if scheme.is_some() {
            self.rounding()
        } else {
            self.options.rounding.unwrap_or_default()
        };
        let layer = Layer { node, inputs, rounding, result };
        let mut build = Build::new(&layer);
        let mut results = row.read(&mut build)?;
        if let (Some(scheme), true) = (scheme, build.only_moves()) {
            for term in &mut results {
                *term = build.requantised(*term, &scheme.quant)?;
            }
        }
        if let Some(scheme) = scheme {
            let fits = |&term| {
                if term == Term::EMPTY {
                    return true;
                }
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
                    let clamp_node = &self.source.nodes[clamp];
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
        let node = &self.source.nodes[clamp];
        let mut operands = vec![Some(value)];
        for name in node.inputs.iter().skip(1) {
            operands.push(match name {
                Some(name) => self.names.plain(name, clamp)?,
                None => None,
            });
        }
        Ok(operands)
    }

    /// Whose results quantised integers have.
    pub(super) fn rounding(&self) -> Rounding {
        self.options.rounding.unwrap_or(Rounding::Onnx)
    }

    pub(super) fn source(&self) -> &'a [Node] {
        &self.source.nodes
    }
}

/// Whether a node's operator is of ONNX's own domain.
pub(super) fn is_own(node: &Node) -> bool {
    matches!(node.domain.as_str(), "" | "ai.onnx")
}

/// The row of a node's operator.
pub(super) fn find(node: &Node) -> Result<onnx::Row, OpError> {
    let own = is_own(node);
    onnx::find(&node.domain, &node.op_type).ok_or_else(|| {
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
