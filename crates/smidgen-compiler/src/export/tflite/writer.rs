//! Writes one graph: its values become tensors, its nodes layers.

use super::file::{File, text};
use super::tensor::{quantization, tensor, unsigned, unsigned_data};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::export::{Input, Layer, Operator, Written};
use crate::ops::{Op, OpError, Operand, Site};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};
use smidgen_schema::tflite as schema;
use std::collections::{BTreeMap, BTreeSet};

/// The number of an input that is absent.
const ABSENT: i32 = -1;

/// A graph that is being written.
pub(super) struct Writer<'a> {
    pub(super) file: &'a mut File,
    pub(super) problems: &'a mut Vec<Diagnostic>,
    pub(super) graph: &'a Graph,
    tensors: Vec<schema::Tensor>,
    operators: Vec<schema::Operator>,
    /// Tensors of values.
    places: BTreeMap<ValueId, i32>,
    /// Contents of states that layers have replaced.
    pub(super) replaced: BTreeSet<ValueId>,
    /// Tensors that refer to variables, by what those hold before an inference.
    pub(super) handles: BTreeMap<ValueId, i32>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        file: &'a mut File,
        problems: &'a mut Vec<Diagnostic>,
        graph: &'a Graph,
    ) -> Self {
        Self {
            file,
            problems,
            graph,
            tensors: Vec::new(),
            operators: Vec::new(),
            places: BTreeMap::new(),
            replaced: BTreeSet::new(),
            handles: BTreeMap::new(),
        }
    }

    /// Writes the graph as the file's graph `number`, which gives the values `more`, too.
    pub(super) fn write(mut self, number: usize, more: &[ValueId]) {
        let inputs = self.graph.inputs().iter().map(|&id| self.tensor_of(id)).collect();
        self.begin_states();
        for node in self.graph.nodes() {
            if let Err(error) = self.node(node) {
                self.problems.push(error.at(node.origin()));
            }
        }
        self.end_states();
        let outputs = self.graph.outputs().iter().chain(more);
        let outputs = outputs.map(|&id| self.tensor_of(id)).collect();
        let subgraph = self.subgraph(inputs, outputs);
        self.file.set(number, subgraph);
    }

    fn subgraph(&mut self, inputs: Vec<i32>, outputs: Vec<i32>) -> schema::SubGraph {
        schema::SubGraph {
            name: Some(text("main")),
            tensors: Some(std::mem::take(&mut self.tensors)),
            operators: Some(std::mem::take(&mut self.operators)),
            inputs: Some(inputs),
            outputs: Some(outputs),
            ..Default::default()
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), OpError> {
        if let Op::Control(control) = &node.op {
            return self.control(node, control);
        }
        if node.inputs.iter().any(|id| self.replaced.contains(id)) {
            return Err(OpError::unsupported("reads a state after another layer has changed it"));
        }
        match node.op.to_tflite(&self.graph.site(node))? {
            Written::Alias => self.alias(node.outputs[0], node.inputs[0]),
            Written::Assignment => return self.assign(node),
            Written::Layer(layer) => return self.layer(node, layer),
        }
        Ok(())
    }

    /// Lets a value be in the tensor of another.
    pub(super) fn alias(&mut self, value: ValueId, of: ValueId) {
        let place = self.tensor_of(of);
        self.places.insert(value, place);
    }

    /// The tensor of a value.
    pub(super) fn tensor_of(&mut self, id: ValueId) -> i32 {
        if let Some(&place) = self.places.get(&id) {
            return place;
        }
        let value = self.graph.value(id);
        let place = self.constant_or_not(&value.name, &value.ty, value.constant.as_deref());
        self.places.insert(id, place);
        place
    }

    fn constant_or_not(&mut self, name: &str, ty: &TensorType, data: Option<&Data>) -> i32 {
        let buffer = data.map_or(0, |data| self.file.buffer(data.to_le_bytes()));
        self.push(schema::Tensor { buffer, ..tensor(name, ty) })
    }

    /// Adds a constant.
    pub(super) fn constant(&mut self, name: &str, ty: &TensorType, data: &Data) -> i32 {
        self.constant_or_not(name, ty, Some(data))
    }

    /// Adds a tensor.
    pub(super) fn push(&mut self, tensor: schema::Tensor) -> i32 {
        self.tensors.push(tensor);
        self.tensors.len() as i32 - 1
    }

    /// The tensor in which a state stays from one inference to the next.
    pub(super) fn keep(&mut self, id: ValueId) {
        let place = self.tensor_of(id);
        self.tensors[place as usize].is_variable = true;
    }

    /// Whether a value is in a tensor that stays.
    fn is_kept(&mut self, id: ValueId) -> bool {
        let place = self.tensor_of(id);
        self.tensors[place as usize].is_variable
    }

    /// Adds a layer without options.
    pub(super) fn add(&mut self, operator: Operator, inputs: Vec<i32>, outputs: Vec<i32>) {
        self.add_with(operator, inputs, outputs, None);
    }

    /// Adds a layer.
    pub(super) fn add_with(
        &mut self,
        operator: Operator,
        inputs: Vec<i32>,
        outputs: Vec<i32>,
        builtin_options: Option<schema::BuiltinOptions>,
    ) {
        let opcode_index = self.file.operator(operator);
        self.operators.push(schema::Operator {
            opcode_index,
            inputs: Some(inputs),
            outputs: Some(outputs),
            builtin_options,
            ..Default::default()
        });
    }

    fn layer(&mut self, node: &Node, layer: Layer) -> Result<(), OpError> {
        let updates = node.op.updates();
        if updates.iter().any(|&operand| !self.is_kept(node.inputs[operand])) {
            return Err(OpError::unsupported("overwrites what is no state of the model"));
        }
        let own = node.outputs.len() - updates.len();
        self.layer_of(node, layer, &node.outputs[..own]);
        // The format keeps a new state in the memory of the old one.
        for (operand, &new) in updates.into_iter().zip(&node.outputs[own..]) {
            self.alias(new, node.inputs[operand]);
            self.replaced.insert(node.inputs[operand]);
        }
        Ok(())
    }

    /// Adds the layer of a node, which gives `outputs`.
    fn layer_of(&mut self, node: &Node, layer: Layer, outputs: &[ValueId]) {
        let mut places = Vec::new();
        let mut converted = Vec::new();
        for &id in outputs {
            let value = self.graph.value(id);
            if layer.in_uint8 && is_quantised_int8(&value.ty) {
                let place = self.push(tensor(&value.name, &unsigned(&value.ty)));
                converted.push((id, place));
                places.push(place);
            } else {
                places.push(self.tensor_of(id));
            }
        }
        self.layer_to(node, layer, places);
        for (id, place) in converted {
            let to = self.tensor_of(id);
            self.convert(&unsigned(&self.graph.value(id).ty), place, &self.graph.value(id).ty, to);
        }
    }

    /// Adds a layer that writes tensors, and what it needs before it.
    fn layer_to(&mut self, node: &Node, layer: Layer, outputs: Vec<i32>) {
        let Layer { operator, inputs, options, custom_options, intermediates, in_uint8 } = layer;
        let inputs = inputs.into_iter().enumerate();
        let inputs: Vec<i32> =
            inputs.map(|(at, input)| self.input(node, at, input, in_uint8)).collect();
        let intermediates: Vec<i32> = intermediates
            .into_iter()
            .enumerate()
            .map(|(at, quant)| self.intermediate(node, at, quant))
            .collect();
        let opcode_index = self.file.operator(operator);
        self.operators.push(schema::Operator {
            opcode_index,
            inputs: Some(inputs),
            outputs: Some(outputs),
            builtin_options: options,
            custom_options: Some(custom_options).filter(|options| !options.is_empty()),
            intermediates: Some(intermediates).filter(|list| !list.is_empty()),
            ..Default::default()
        });
    }

    fn input(&mut self, node: &Node, at: usize, input: Input, in_uint8: bool) -> i32 {
        let name = self.part_name(node, &at.to_string());
        match input {
            Input::Absent => ABSENT,
            Input::Operand(operand) => self.operand(node.inputs[operand], in_uint8),
            Input::List(numbers) => {
                // A list may be empty, which no shape of a graph can say.
                let scalar = TensorType::plain(DType::I32, Shape::scalar());
                let shape = Some(vec![numbers.len() as i32]);
                let buffer = self.file.buffer(Data::I32(numbers).to_le_bytes());
                self.push(schema::Tensor { shape, buffer, ..tensor(&name, &scalar) })
            }
            Input::Constant(ty, data) => self.constant(&name, &ty, &data),
            Input::Result(layer, ty) => {
                let place = self.push(tensor(&name, &ty));
                self.layer_to(node, *layer, vec![place]);
                if in_uint8 && is_quantised_int8(&ty) {
                    self.unsigned(&name, &ty, place)
                } else {
                    place
                }
            }
        }
    }

    /// The tensor of an operand, in uint8 where the layer wants it so.
    fn operand(&mut self, id: ValueId, in_uint8: bool) -> i32 {
        let value = self.graph.value(id);
        if !(in_uint8 && is_quantised_int8(&value.ty)) {
            return self.tensor_of(id);
        }
        let ty = unsigned(&value.ty);
        if let Some(data) = &value.constant {
            return self.constant(&value.name, &ty, &unsigned_data(data));
        }
        let from = self.tensor_of(id);
        self.unsigned(&value.name, &value.ty, from)
    }

    /// Adds a tensor of uint8 that has the content of one of int8.
    fn unsigned(&mut self, name: &str, ty: &TensorType, from: i32) -> i32 {
        let unsigned = unsigned(ty);
        let to = self.push(tensor(name, &unsigned));
        self.convert(ty, from, &unsigned, to);
        to
    }

    /// Adds a layer that turns one type of 8 bits into the other.
    fn convert(&mut self, from: &TensorType, input: i32, to: &TensorType, output: i32) {
        let site = Site { inputs: vec![Operand { ty: from, constant: None }], outputs: vec![to] };
        if let Ok(Written::Layer(layer)) = Op::rebias().to_tflite(&site) {
            self.add(layer.operator, vec![input], vec![output]);
        }
    }

    /// A tensor of which nothing but its quantisation matters; none where there is no scale.
    fn intermediate(&mut self, node: &Node, at: usize, (scale, zero_point): (f32, i32)) -> i32 {
        let quant = Quant::PerTensor { scale, zero_point };
        let ty = TensorType::plain(DType::I16, Shape::scalar());
        let quantization = quantization(&quant).filter(|_| scale > 0.0).map(Box::new);
        let name = self.part_name(node, &format!("intermediate{at}"));
        self.push(schema::Tensor { quantization, ..tensor(&name, &ty) })
    }

    /// The name of a tensor that belongs to a node.
    fn part_name(&self, node: &Node, part: &str) -> String {
        format!("{}/{part}", self.graph.value(node.outputs[0]).name)
    }

    /// Notes that the graph as a whole cannot be written.
    pub(super) fn refuse(&mut self, at: crate::diag::Origin, text: String) {
        self.problems.push(Diagnostic::new(Code::UnsupportedForm, at, text));
    }
}

fn is_quantised_int8(ty: &TensorType) -> bool {
    ty.dtype == DType::I8 && ty.quant.whole().is_some()
}
