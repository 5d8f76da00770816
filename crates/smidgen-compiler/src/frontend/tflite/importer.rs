//! Builds a graph out of a subgraph and collects the problems on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::constant::{dequantised, is_quantised_weight};
use super::control::Variables;
use super::growing::Part;
use super::types::{shaped_type, tensor_type};
use crate::diag::{Code, Diagnostic, Origin};
use crate::frontend::rounds::count_rounds;
use crate::frontend::{MAX_MODEL_BYTES, MAX_WORK, ReadOptions};
use crate::graph::{Graph, Node, Value, ValueId};
use crate::ops::import::{Imported, Layer, MAX_HELPER_ELEMENTS, Port, stored};
use crate::ops::{Custom, Op, OpError, alternative};
use crate::reader::tflite::{
    BuiltinOperator, Operator, OperatorCode, SubGraph, TensorType as TensorElement,
};
use crate::tensor::{DType, Data, Quant, TensorType};

/// Most elementary operations of a layer that is computed while the model is read.
const MAX_FOLDED_WORK: u64 = 1 << 20;

/// Most elementary operations of all of them.
const MAX_ALL_FOLDED_WORK: u64 = 1 << 28;

/// Most tensors, layers, and ends of layers in regions together, each counted as often as it is
/// imported.
const MAX_REGION_PARTS: usize = 100_000;

/// Characters of a layer's name.
const MAX_LAYER_NAME_CHARS: usize = 128;

/// The state of an import.
pub(super) struct Importer<'a> {
    /// All graphs of the file.
    pub(super) subgraphs: &'a [SubGraph<'a>],
    /// The one that is imported.
    pub(super) source: &'a SubGraph<'a>,
    options: &'a ReadOptions,
    /// Types of the source's tensors.
    pub(super) types: Vec<Result<TensorType, OpError>>,
    /// Tensors that failed, or whose shape a failed layer would have computed; layers that read them are passed over.
    unknown: Vec<bool>,
    /// Values by tensor and by whether its quantised content is given as real numbers.
    pub(super) values: BTreeMap<(usize, bool), ValueId>,
    /// How many graphs run this one.
    pub(super) depth: usize,
    /// Graphs of the file that this one runs, by their index.
    pub(super) used: BTreeSet<usize>,
    /// Slices whose size is not known, by the tensors that they would give.
    pub(super) parts: BTreeMap<usize, Part>,
    /// Variables that outlive an inference.
    pub(super) variables: Variables,
    /// What variable tensors hold before an inference.
    states: BTreeMap<usize, ValueId>,
    /// Outputs of failed layers, which count as given so that the problem is told once.
    given: Vec<ValueId>,
    /// What may still be spent on copies.
    pub(super) budget: Budget,
    pub(super) graph: Graph,
    pub(super) problems: Vec<Diagnostic>,
}

/// What an import may still ask for, regions included: files whose parts are used many times could
/// ask for anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Bytes of constants.
    constant_bytes: usize,
    /// Bytes of states.
    state_bytes: usize,
    /// Bytes of all tensors.
    tensor_bytes: usize,
    /// Elementary operations of layers that are computed.
    folded_work: u64,
    /// Tensors, layers and their ends in regions.
    pub(super) region_parts: usize,
}

/// Most bytes of all states: more than the memory of any device that runs the code.
const MAX_STATE_BYTES: usize = 1 << 24;

/// What a layer becomes: its operator, and the operands as tensors, each with whether it is dequantised.
struct Converted {
    op: Op,
    operands: Vec<(usize, bool)>,
    /// Outputs whose shape the file leaves open, with their types.
    inferred: BTreeMap<usize, TensorType>,
}

impl<'a> Importer<'a> {
    /// An import of the first of `subgraphs`.
    pub(super) fn new(
        subgraphs: &'a [SubGraph<'a>],
        options: &'a ReadOptions,
        file_bytes: usize,
    ) -> Self {
        let budget = Budget {
            constant_bytes: file_bytes.saturating_mul(2),
            state_bytes: MAX_STATE_BYTES,
            tensor_bytes: MAX_MODEL_BYTES,
            folded_work: MAX_ALL_FOLDED_WORK,
            region_parts: MAX_REGION_PARTS,
        };
        Self::of(&subgraphs[0], subgraphs, options, budget)
    }

    fn of(
        source: &'a SubGraph<'a>,
        subgraphs: &'a [SubGraph<'a>],
        options: &'a ReadOptions,
        budget: Budget,
    ) -> Self {
        Self {
            subgraphs,
            source,
            options,
            types: source.tensors.iter().map(tensor_type).collect(),
            unknown: vec![false; source.tensors.len()],
            values: BTreeMap::new(),
            depth: 0,
            used: BTreeSet::new(),
            parts: BTreeMap::new(),
            variables: Variables::default(),
            states: BTreeMap::new(),
            given: Vec::new(),
            budget,
            graph: Graph::new(options.name.clone()),
            problems: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub(super) fn run(mut self) -> Result<Graph, Vec<Diagnostic>> {
        let mut inputs: Vec<_> =
            self.source.inputs.iter().filter_map(|&tensor| self.input(tensor)).collect();
        self.layers();
        self.store_variables();
        self.check_entries();
        self.check_size();
        if self.source.outputs.is_empty() {
            let text = "has no output: there is nothing to compute";
            self.note(Diagnostic::new(Code::Inconsistent, Origin::Model, text));
        }
        let outputs = self.source.outputs.iter();
        let outputs = outputs.filter_map(|&tensor| self.output(tensor)).collect();
        inputs.append(&mut self.given);
        self.graph.set_inputs(inputs);
        self.graph.set_outputs(outputs);
        self.problems.extend(self.graph.verify().err().into_iter().flatten());
        if self.problems.is_empty() {
            count_rounds(&mut self.graph);
            self.check_work();
        }
        if self.problems.is_empty() { Ok(self.graph) } else { Err(self.problems) }
    }

    /// The import of another subgraph, to be run by a layer of this one.
    pub(super) fn inner(&self, source: &'a SubGraph<'a>) -> Self {
        Self::of(source, self.subgraphs, self.options, self.budget)
    }

    pub(super) fn layers(&mut self) {
        for (index, name) in layer_names(self.source).into_iter().enumerate() {
            self.layer(index, name);
        }
    }

    /// Counts the bytes of all tensors.
    pub(super) fn check_size(&mut self) {
        let bytes = self.types.iter().flatten().map(TensorType::bytes);
        let bytes = bytes.fold(0, usize::saturating_add);
        if let Some(left) = self.budget.tensor_bytes.checked_sub(bytes) {
            self.budget.tensor_bytes = left;
        } else {
            let bytes = (MAX_MODEL_BYTES - self.budget.tensor_bytes).saturating_add(bytes);
            let text = format!("all tensors take {bytes} bytes, the limit is {MAX_MODEL_BYTES}");
            self.note(Diagnostic::new(Code::TooLarge, Origin::Model, text));
        }
    }

    fn check_work(&mut self) {
        let work = self.graph.total(Graph::work);
        if work > MAX_WORK {
            let text = format!(
                "one inference takes {work} elementary operations, the limit is {MAX_WORK}"
            );
            self.note(Diagnostic::new(Code::TooLarge, Origin::Model, text));
        }
    }

    /// A model input. Only the batch may be open: then the size stored beside it counts.
    fn input(&mut self, tensor: usize) -> Option<ValueId> {
        let source = &self.source.tensors[tensor];
        if source.shape_signature.iter().skip(1).any(|&dim| dim < 0) {
            let shape = &source.shape_signature;
            let text = format!("is a model input of shape {shape:?}, of which -1 is open");
            let at = Origin::Value { name: value_name(self.source, tensor) };
            let problem = Diagnostic::new(Code::DynamicShape, at, text);
            self.note(problem.hint("convert the model with fixed input shapes"));
        }
        let value = self.port(tensor)?;
        let Some(ty) = self.unsigned(tensor, value) else { return Some(value) };
        let given = self.graph.add_value(value_name(self.source, tensor), ty);
        self.convey(Op::rebias(), 0, given, value);
        Some(given)
    }

    /// A model output. A constant or an unchanged state gets a layer that writes it.
    fn output(&mut self, tensor: usize) -> Option<ValueId> {
        let value = self.port(tensor)?;
        let known = self.graph.value(value);
        let is_state = self.graph.states().iter().any(|state| state.before == value);
        let (op, ty) = match self.unsigned(tensor, value) {
            Some(ty) => (Op::rebias(), ty),
            None if known.constant.is_some() || is_state => (Op::duplicate(), known.ty.clone()),
            None => return Some(value),
        };
        let written = self.graph.add_value(known.name.clone(), ty);
        self.convey(op, self.source.operators.len(), value, written);
        Some(written)
    }

    /// The type outside the model of a tensor of quantised uint8, which is int8 inside.
    fn unsigned(&self, tensor: usize, value: ValueId) -> Option<TensorType> {
        let ty = &self.graph.value(value).ty;
        let is_unsigned = self.source.tensors[tensor].element == TensorElement::Uint8;
        let (scale, zero_point) = ty.quant.whole().filter(|_| is_unsigned)?;
        let quant = Quant::PerTensor { scale, zero_point: zero_point.saturating_add(128) };
        Some(TensorType { dtype: DType::U8, shape: ty.shape.clone(), quant })
    }

    /// Adds a node that no layer of the model stands for.
    pub(super) fn convey(&mut self, op: Op, layer: usize, from: ValueId, to: ValueId) {
        let name = self.graph.value(to).name.clone();
        self.graph.add_node(Node::new(name, layer, op, vec![from], vec![to]));
    }

    /// The value of a model input or output.
    fn port(&mut self, tensor: usize) -> Option<ValueId> {
        if self.unknown[tensor] {
            return None;
        }
        match self.value(tensor, false) {
            Ok(value) => Some(value),
            Err(error) => {
                self.unknown[tensor] = true;
                let name = value_name(self.source, tensor);
                self.note(error.at(Origin::Value { name }));
                None
            }
        }
    }

    fn layer(&mut self, index: usize, name: String) {
        let operator = &self.source.operators[index];
        let mut inputs = operator.inputs.iter().flatten();
        if is_supported(&operator.code, self.options) && inputs.any(|&tensor| self.unknown[tensor])
        {
            return self.give_up(operator);
        }
        if self.pass_on(operator) || self.keep_reals(operator) {
            return;
        }
        let told = self.problems.len();
        let added = match self.control(operator, index, &name) {
            Some(result) => result,
            None => self.convert(operator).and_then(|made| self.add(index, &name, made)),
        };
        match added {
            Ok(()) => self.fold(),
            Err(error) => {
                // The problems of a graph that the layer runs are enough.
                if self.problems.len() == told {
                    let kind = operator.code.name().into_owned();
                    self.note(error.at(Origin::Layer { index, kind, name }));
                }
                self.give_up(operator);
            }
        }
    }

    /// Takes a constant of float16, which is float32 from the start, for the result of the DEQUANTIZE
    /// that would widen it; returns whether the layer is one.
    fn pass_on(&mut self, operator: &Operator) -> bool {
        let OperatorCode::Builtin(BuiltinOperator::Dequantize) = operator.code else {
            return false;
        };
        let (&[Some(from)], &[Some(to)]) = (&operator.inputs[..], &operator.outputs[..]) else {
            return false;
        };
        let types = (&self.types[from], &self.types[to]);
        let (Ok(narrow), Ok(wide)) = types else { return false };
        let is_half = self.source.tensors[from].element == TensorElement::Float16;
        let same = narrow.dtype == wide.dtype && narrow.shape == wide.shape;
        if !is_half || !same || self.values.contains_key(&(to, false)) {
            return false;
        }
        let Ok(value) = self.value(from, false) else { return false };
        self.values.insert((to, false), value);
        true
    }

    /// Takes quantised int8 for the result of the QUANTIZE that would turn uint8 into it, or the other
    /// way round, with the same real numbers: both are int8 here. Returns whether the layer is one.
    fn keep_reals(&mut self, operator: &Operator) -> bool {
        let (&[Some(from)], &[Some(to)]) = (&operator.inputs[..], &operator.outputs[..]) else {
            return false;
        };
        let is_quantize = operator.code == OperatorCode::Builtin(BuiltinOperator::Quantize);
        let differ = self.source.tensors[from].element != self.source.tensors[to].element;
        let same = matches!((&self.types[from], &self.types[to]), (Ok(a), Ok(b)) if a == b);
        if !(is_quantize && differ && same) || self.values.contains_key(&(to, false)) {
            return false;
        }
        let Ok(value) = self.value(from, false) else { return false };
        self.values.insert((to, false), value);
        true
    }

    /// Turns the results of the last node into constants, where they follow from shapes and small
    /// constants: models compute shapes, and the operators that take them want them constant.
    fn fold(&mut self) {
        let last = self.graph.nodes().last();
        let computed = |node: &&Node| node.regions.is_empty() && !node.op.is_opaque();
        let Some(node) = last.filter(computed) else { return };
        let is_small = |id: &ValueId| {
            let shape = &self.graph.value(*id).ty.shape;
            shape.elements() <= MAX_HELPER_ELEMENTS
        };
        if !node.outputs.iter().all(is_small) || self.graph.check_types(node).is_err() {
            return;
        }
        let site = self.graph.site(node);
        let (small, work) = (node.inputs.iter().all(is_small), node.op.work(&site));
        let left = self.budget.folded_work.checked_sub(work);
        let left = left.filter(|_| small && work <= MAX_FOLDED_WORK);
        let constants: Option<Vec<&Data>> =
            site.inputs.iter().map(|operand| operand.constant).collect();
        let results = constants.zip(left).map(|(inputs, left)| {
            self.budget.folded_work = left;
            node.op.eval(&site, &inputs)
        });
        let Some(results) = results.or_else(|| node.op.known(&site)) else { return };
        let outputs = node.outputs.clone();
        self.graph.remove_last_node();
        for (output, data) in outputs.into_iter().zip(results) {
            self.graph.make_constant(output, data);
        }
    }

    /// Takes the outputs of a failed layer for granted, where the file tells their shape but for the batch.
    fn give_up(&mut self, operator: &Operator) {
        for &tensor in operator.outputs.iter().flatten() {
            let signature = &self.source.tensors[tensor].shape_signature;
            let closed = signature.iter().skip(1).all(|&dim| dim >= 0);
            match self.value(tensor, false) {
                Ok(value) if closed => self.given.push(value),
                _ => self.unknown[tensor] = true,
            }
        }
    }

    /// Whether the file leaves the shape of a tensor open.
    pub(super) fn is_open(&self, tensor: usize) -> bool {
        let tensor = &self.source.tensors[tensor];
        let mut dims = tensor.shape_signature.iter().chain(&tensor.shape);
        tensor.data.is_none() && dims.any(|&dim| dim < 0)
    }

    /// Graphs that no layer runs: other entries to the model.
    fn check_entries(&mut self) {
        let idle = (1..self.subgraphs.len()).filter(|index| !self.used.contains(index)).count();
        if idle > 0 && self.problems.is_empty() {
            let text = format!("has {} entries, only models of one are supported", idle + 1);
            let problem = Diagnostic::new(Code::UnsupportedForm, Origin::Model, text);
            self.note(problem.hint("export a single signature"));
        }
    }

    /// Asks the operators for the layer's.
    fn convert(&self, operator: &'a Operator<'a>) -> Result<Converted, OpError> {
        let builtin = match &operator.code {
            OperatorCode::Builtin(builtin) => *builtin,
            OperatorCode::Custom(_) => BuiltinOperator::Custom,
            OperatorCode::Unknown(_) => return Err(unsupported(&operator.code)),
        };
        self.check_bits(operator, builtin)?;
        let weights = self.weights_in_float(operator);
        let port = |&tensor: &Option<usize>| {
            let tensor = tensor?;
            let ty = weights.get(&tensor).map_or_else(|| self.types[tensor].as_ref(), Ok);
            let folded = self.values.get(&(tensor, false));
            let folded = folded.and_then(|&id| self.graph.value(id).constant.as_deref());
            Some(Port { tensor: &self.source.tensors[tensor], ty, folded })
        };
        let layer = Layer {
            builtin,
            operator,
            inputs: operator.inputs.iter().map(port).collect(),
            outputs: operator.outputs.iter().map(port).collect(),
            tensors: &self.source.tensors,
            rounding: self.options.rounding.unwrap_or_default(),
        };
        let Imported { op, operands } = match Op::from_tflite(&layer) {
            Some(imported) => imported?,
            None => self.custom(&layer).ok_or_else(|| unsupported(&operator.code))??,
        };
        let operands = operands.map_or_else(|| present(operator), Ok)?;
        let types =
            operands.iter().map(|&at| layer.input(at)).collect::<Result<Vec<_>, OpError>>()?;
        let inferred = self.infer(operator, &op, &types)?;
        let operand = |at: usize| {
            let tensor = operator.inputs[at].expect("`Layer::input` has found the operand");
            (tensor, weights.contains_key(&tensor))
        };
        let operands = operands.into_iter().map(operand).collect();
        Ok(Converted { op, operands, inferred })
    }

    /// A custom operator whose C the user supplies.
    fn custom(&self, layer: &Layer) -> Option<Result<Imported<Op>, OpError>> {
        let OperatorCode::Custom(name) = &layer.operator.code else { return None };
        let operator = self.options.customs.iter().find(|custom| custom.name() == name)?.clone();
        let result = |at| layer.output(at).map(|ty| (ty.dtype, ty.shape.clone()));
        let results: Result<Vec<_>, OpError> = (0..layer.outputs.len()).map(result).collect();
        let options = layer.operator.custom_options.to_vec();
        let custom = |results| Op::Custom(Custom { operator, results, options });
        Some(results.map(|results| Imported::all(custom(results))))
    }

    /// Refuses quantised uint8, which is int8 in the graph, where an operator looks at its bits.
    fn check_bits(&self, operator: &Operator, builtin: BuiltinOperator) -> Result<(), OpError> {
        let moved = |&tensor: &usize| {
            let is_int8 = self.types[tensor].as_ref().is_ok_and(|ty| ty.dtype == DType::I8);
            is_int8 && self.source.tensors[tensor].element == TensorElement::Uint8
        };
        let mut tensors = operator.inputs.iter().chain(&operator.outputs).flatten();
        if Op::reads_bits(builtin) && tensors.any(moved) {
            let text = "does not support tensors of quantised uint8";
            return Err(OpError::unsupported(text)
                .hint("convert the model with int8 instead of uint8 quantisation"));
        }
        Ok(())
    }

    /// The types of those outputs whose shape the file leaves open.
    fn infer(
        &self,
        operator: &Operator,
        op: &Op,
        inputs: &[&TensorType],
    ) -> Result<BTreeMap<usize, TensorType>, OpError> {
        let mut open = BTreeMap::new();
        let tensors = operator.outputs.iter().flatten().copied();
        if !tensors.clone().any(|tensor| self.is_open(tensor)) {
            return Ok(open);
        }
        for (tensor, (_, shape)) in tensors.zip(op.infer(inputs)?) {
            if self.is_open(tensor) && !open.contains_key(&tensor) {
                let dims: Vec<i32> = shape.dims().iter().map(|&dim| dim as i32).collect();
                open.insert(tensor, shaped_type(&self.source.tensors[tensor], &dims)?);
            }
        }
        Ok(open)
    }

    /// Constant int8 inputs of a layer that computes in float, with the types of the real numbers that they stand
    /// for. Interpreters quantise the activations while they run; here the weights are turned into floats.
    fn weights_in_float(&self, operator: &Operator) -> BTreeMap<usize, TensorType> {
        let known = |&tensor: &usize| Some((tensor, self.types[tensor].as_ref().ok()?));
        let is_float = |(_, ty): (usize, &TensorType)| ty.dtype == DType::F32;
        let inputs = operator.inputs.iter().flatten().filter_map(known);
        let mut outputs = operator.outputs.iter().flatten().filter_map(known);
        if !outputs.all(is_float) || !inputs.clone().any(is_float) {
            return BTreeMap::new();
        }
        inputs
            .filter(|&(tensor, ty)| is_quantised_weight(&self.source.tensors[tensor], ty))
            .map(|(tensor, ty)| (tensor, TensorType::plain(DType::F32, ty.shape.clone())))
            .collect()
    }

    /// Adds the node of a layer.
    fn add(&mut self, layer: usize, name: &str, converted: Converted) -> Result<(), OpError> {
        for (tensor, ty) in converted.inferred {
            self.types[tensor] = Ok(ty);
        }
        let operands = converted.operands;
        let inputs = operands
            .iter()
            .map(|&(tensor, as_float)| self.value(tensor, as_float))
            .collect::<Result<Vec<_>, OpError>>()?;
        let source = self.source;
        let outputs = source.operators[layer].outputs.iter().enumerate();
        let mut outputs = outputs
            .map(|(at, tensor)| {
                let missing = || OpError::inconsistent(format!("output {at} is missing"));
                let tensor = tensor.ok_or_else(missing)?;
                self.value(tensor, false).map_err(|error| OpError {
                    text: format!("output {at} (`{}`) {}", value_name(source, tensor), error.text),
                    ..error
                })
            })
            .collect::<Result<Vec<_>, OpError>>()?;
        for operand in converted.op.updates() {
            outputs.push(self.update(operands[operand].0, inputs[operand])?);
        }
        self.graph.add_node(Node::new(name, layer, converted.op, inputs, outputs));
        Ok(())
    }

    /// A value for what a variable tensor holds from now on.
    fn update(&mut self, tensor: usize, old: ValueId) -> Result<ValueId, OpError> {
        if !self.source.tensors[tensor].is_variable {
            let name = value_name(self.source, tensor);
            let text = format!("`{name}` holds its state, but is no variable tensor");
            return Err(OpError::inconsistent(text));
        }
        let Value { name, ty, .. } = self.graph.value(old).clone();
        let new = self.graph.add_value(name, ty);
        self.values.insert((tensor, false), new);
        let before = self.states.get(&tensor).copied().unwrap_or(old);
        self.graph.set_state(before, new);
        Ok(new)
    }

    /// The value of a tensor, constant where the tensor has content.
    pub(super) fn value(&mut self, tensor: usize, as_float: bool) -> Result<ValueId, OpError> {
        if let Some(&value) = self.values.get(&(tensor, as_float)) {
            return Ok(value);
        }
        let source = &self.source.tensors[tensor];
        let name = value_name(self.source, tensor);
        let ty = self.types[tensor].clone()?;
        let size = source.data.map_or(0, <[u8]>::len);
        let left = self.budget.constant_bytes.checked_sub(size);
        self.budget.constant_bytes = left.ok_or_else(|| OpError {
            code: Code::TooLarge,
            text: "is one of many constants that overlap in the file".to_owned(),
            hint: None,
        })?;
        let value = match stored(source, &ty) {
            Some(data) if as_float => {
                let data = dequantised(data.get(), &ty);
                self.graph.add_constant(name, TensorType::plain(DType::F32, ty.shape), data)
            }
            Some(_) if source.is_variable => {
                return Err(OpError::unsupported(
                    "is a variable tensor with a content in the file",
                ));
            }
            Some(data) => self.graph.add_constant(name, ty, data),
            None if source.is_variable => {
                let left = self.budget.state_bytes.checked_sub(ty.bytes());
                self.budget.state_bytes = left.ok_or_else(|| OpError {
                    code: Code::TooLarge,
                    text: format!("has states of more than {MAX_STATE_BYTES} bytes"),
                    hint: None,
                })?;
                let initial = ty.cleared();
                let before = self.graph.add_state(name, ty, initial);
                self.states.insert(tensor, before);
                before
            }
            None => self.graph.add_value(name, ty),
        };
        self.values.insert((tensor, as_float), value);
        Ok(value)
    }
}

/// Positions of all inputs, which must be present but for trailing ones.
fn present(operator: &Operator) -> Result<Vec<usize>, OpError> {
    let count = operator.inputs.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    match operator.inputs[..count].iter().position(Option::is_none) {
        Some(gap) => Err(OpError::inconsistent(format!("input {gap} is missing"))),
        None => Ok((0..count).collect()),
    }
}

fn is_supported(code: &OperatorCode, options: &ReadOptions) -> bool {
    let name = code.name();
    let supported = Op::supported();
    let mut claims = supported.iter().flat_map(|row| &row.tflite).map(|claim| claim.name);
    claims.any(|claim| claim == name) || options.customs.iter().any(|custom| custom.name() == name)
}

fn unsupported(code: &OperatorCode) -> OpError {
    let (text, hint) = match code {
        OperatorCode::Builtin(code) => {
            let general = "replace it with supported operators, or run it outside the model";
            ("is not supported", alternative(*code).unwrap_or_else(|| general.to_owned()))
        }
        OperatorCode::Unknown(_) => (
            "is an operator newer than this program",
            "convert the model for an older runtime".into(),
        ),
        OperatorCode::Custom(_) => {
            let hint =
                "supply its C with --custom, or convert the model with builtin operators only";
            ("is a custom operator", hint.into())
        }
    };
    OpError { code: Code::UnsupportedOperator, text: text.to_owned(), hint: Some(hint) }
}

/// The tensor's name, or a made-up one.
pub(super) fn value_name(source: &SubGraph, tensor: usize) -> String {
    match &*source.tensors[tensor].name {
        "" => format!("tensor{tensor}"),
        name => name.to_owned(),
    }
}

/// Unique names of the layers, from the names of their first outputs. Converters join the names of fused source
/// layers there by `;`: the first of them is used.
fn layer_names(source: &SubGraph) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut repeats = BTreeMap::<String, usize>::new();
    let name = |(index, operator): (usize, &Operator)| {
        let tensor = operator.outputs.first().copied().flatten();
        let full = tensor.map_or_else(|| format!("layer{index}"), |at| value_name(source, at));
        let first = full.split(';').next().unwrap_or_default();
        let first: String = first.chars().take(MAX_LAYER_NAME_CHARS).collect();
        let mut name = first.clone();
        while !taken.insert(name.clone()) {
            let repeat = repeats.entry(first.clone()).or_default();
            *repeat += 1;
            name = format!("{first}_{repeat}");
        }
        name
    };
    source.operators.iter().enumerate().map(name).collect()
}
