//! Quantised nodes: `QuantizeLinear` and `DequantizeLinear`, what lies between them, and operators that
//! name the scales of their operands themselves. All become the same integer operators.

use std::collections::BTreeMap;

use super::importer::{Importer, find};
use super::names::{Integers, Known, Scheme};
use crate::graph::ValueId;
use crate::ops::import::axis;
use crate::ops::{Op, OpError};
use crate::reader::onnx::{Graph, Node};
use crate::tensor::{DType, Data, Quant, TensorType};

/// Which nodes read a name.
pub(super) struct Links<'a> {
    readers: BTreeMap<&'a str, Vec<usize>>,
    results: Vec<&'a str>,
}

impl<'a> Links<'a> {
    pub(super) fn new(graph: &'a Graph) -> Self {
        let mut readers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            for name in node.inputs.iter().flatten() {
                readers.entry(name).or_default().push(index);
            }
        }
        let results = graph.outputs.iter().map(|output| output.name.as_str()).collect();
        Self { readers, results }
    }

    /// The only node that reads a name, which is no result of the model.
    fn only_reader(&self, name: &str) -> Option<usize> {
        match self.readers.get(name).map(Vec::as_slice) {
            Some(&[reader]) if !self.results.contains(&name) => Some(reader),
            _ => None,
        }
    }
}

/// What a quantised node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Quantize,
    Dequantize,
    /// An operator of ONNX on integers; see [`Form`].
    Operator(&'static Form),
}

/// How an operator that names the scales of its operands writes another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    name: &'static str,
    /// The operator that it is.
    plain: &'static str,
    operands: Operands,
    /// Place of the scale of the output; its zero point follows.
    result: usize,
    /// Place of an int32 bias.
    bias: Option<usize>,
}

/// The operands of such an operator: places of integers, whose scale and zero point follow.
#[derive(Debug, PartialEq, Eq)]
enum Operands {
    These(&'static [usize]),
    /// All from a place on.
    From(usize),
}

const ONE: Operands = Operands::These(&[0]);
const TWO: Operands = Operands::These(&[0, 3]);

const FORMS: &[Form] = &[
    form("QLinearConv", "Conv", TWO, 6, Some(8)),
    form("QLinearMatMul", "MatMul", TWO, 6, None),
    form("QGemm", "Gemm", TWO, 7, Some(6)),
    form("QLinearAdd", "Add", TWO, 6, None),
    form("QLinearMul", "Mul", TWO, 6, None),
    form("QLinearConcat", "Concat", Operands::From(2), 0, None),
    form("QLinearAveragePool", "AveragePool", ONE, 3, None),
    form("QLinearGlobalAveragePool", "GlobalAveragePool", ONE, 3, None),
    form("QLinearLeakyRelu", "LeakyRelu", ONE, 3, None),
    form("QLinearReduceMean", "ReduceMean", ONE, 3, None),
    form("QLinearSigmoid", "Sigmoid", ONE, 3, None),
    form("QLinearSoftmax", "Softmax", ONE, 3, None),
];

const fn form(
    name: &'static str,
    plain: &'static str,
    operands: Operands,
    result: usize,
    bias: Option<usize>,
) -> Form {
    Form { name, plain, operands, result, bias }
}

/// What a quantised node is; `None` for all others.
pub(super) fn kind(node: &Node) -> Option<Kind> {
    let own = matches!(node.domain.as_str(), "" | "ai.onnx");
    if !own && node.domain != "com.microsoft" {
        return None;
    }
    match node.op_type.as_str() {
        "QuantizeLinear" => Some(Kind::Quantize),
        "DequantizeLinear" => Some(Kind::Dequantize),
        name => FORMS.iter().find(|form| form.name == name).map(Kind::Operator),
    }
}

/// A node whose outputs are quantised at once.
pub(super) struct Group<'a> {
    pub scheme: Scheme,
    pub outputs: Vec<GroupOutput<'a>>,
}

/// What follows an output of such a node.
pub(super) struct GroupOutput<'a> {
    /// The name of the integers.
    pub name: &'a str,
    /// The node that quantises.
    pub quantize: usize,
    /// A rectifier before it.
    pub clamp: Option<usize>,
}

impl<'a> Importer<'a> {
    /// The scale and zero point at two inputs of a node, of integers of `element` where there is no
    /// zero point.
    fn scheme(
        &mut self,
        node: &'a Node,
        place: usize,
        along: Option<i64>,
        rank: usize,
        element: DType,
    ) -> Result<Option<Scheme>, OpError> {
        let Some(scales) = self.constant(node, place)? else { return Ok(None) };
        let Data::F32(scales) = scales else {
            return Err(OpError::unsupported("the scale must be float32"));
        };
        let zero_points = match node.input(place + 1) {
            Some(_) => match self.constant(node, place + 1)? {
                Some(zero_points) => zero_points,
                None => return Ok(None),
            },
            None => Data::zeros(element, scales.len()),
        };
        let (dtype, unsigned) = match zero_points.dtype() {
            DType::U8 => (DType::I8, true),
            dtype @ (DType::I8 | DType::I16 | DType::I32) => (dtype, false),
            other => {
                return Err(OpError::unsupported(format!(
                    "zero points of `{other}` are not supported"
                )));
            }
        };
        let offset = if unsigned { 128 } else { 0 };
        let zero_points = zero_points.integers().unwrap_or_default();
        let wrong = |error: crate::tensor::QuantError| OpError::inconsistent(error.to_string());
        if let ([scale], [zero_point]) = (&scales[..], &zero_points[..]) {
            let zero_point = (zero_point - offset) as i32;
            let quant = Quant::per_tensor(*scale, zero_point).map_err(wrong)?;
            return Ok(Some(Scheme { quant, dtype, unsigned }));
        }
        if zero_points.len() != scales.len() || zero_points.iter().any(|&zero| zero != offset) {
            return Err(OpError::unsupported("zero points along an axis must all mean 0"));
        }
        let axis = axis(along.unwrap_or(1), rank)?;
        let quant = Quant::per_axis(axis, scales).map_err(wrong)?;
        Ok(Some(Scheme { quant, dtype, unsigned }))
    }

    /// Elements of a node's input, which have to be known; `None` if it is lost.
    fn constant(&mut self, node: &'a Node, place: usize) -> Result<Option<Data>, OpError> {
        let name = node.input(place);
        let name =
            name.ok_or_else(|| OpError::inconsistent(format!("input {place} is missing")))?;
        match self.names.get(name)? {
            Known::Lost => Ok(None),
            Known::Value(value) => {
                let data = self.names.graph.value(value).constant.as_deref().cloned();
                data.map(Some).ok_or_else(|| {
                    let text = format!("input {place} must be constant, but it is computed");
                    OpError::unsupported(text)
                })
            }
            _ => Err(OpError::inconsistent(format!("input {place} must be a constant"))),
        }
    }

    pub(super) fn quantised(
        &mut self,
        index: usize,
        node: &'a Node,
        kind: Kind,
    ) -> Result<(), OpError> {
        match kind {
            Kind::Quantize => self.quantize(index, node),
            Kind::Dequantize => self.dequantize(index, node),
            Kind::Operator(form) => self.operator(index, node, form),
        }
    }

    fn rank(&self, known: Known) -> usize {
        let value = match known {
            Known::Value(value) => value,
            Known::Integers(integers) | Known::Reals(integers) => integers.value,
            Known::Lost => return 0,
        };
        self.names.graph.value(value).ty.shape.rank()
    }

    fn quantize(&mut self, index: usize, node: &'a Node) -> Result<(), OpError> {
        let (from, to) = ends(node)?;
        let known = self.names.get(from)?;
        let (along, rank) = (node.get("axis")?, self.rank(known));
        let scheme = self.scheme(node, 1, along, rank, DType::U8)?;
        let (Some(scheme), Some(value)) = (scheme, self.names.plain(from, index)?) else {
            self.lose(node);
            return Ok(());
        };
        // Numbers that come from integers of the same scale are these integers.
        if let Known::Reals(integers) = known
            && integers.unsigned == scheme.unsigned
            && self.names.graph.value(integers.value).ty.quant == scheme.quant
        {
            self.names.define(to, Known::Integers(integers));
            return Ok(());
        }
        let ty = &self.names.graph.value(value).ty;
        let Scheme { quant, dtype, unsigned } = scheme;
        let ty = TensorType { dtype, shape: ty.shape.clone(), quant };
        let value = self.names.convey(
            Op::quantize(dtype, self.rounding()),
            index,
            value,
            to.to_owned(),
            ty,
        );
        self.names.define(to, Known::Integers(Integers { value, unsigned }));
        Ok(())
    }

    fn dequantize(&mut self, index: usize, node: &'a Node) -> Result<(), OpError> {
        let (from, to) = ends(node)?;
        let known = self.names.get(from)?;
        let stored = match known {
            Known::Value(value) => self.names.graph.value(value).ty.dtype,
            _ => DType::U8,
        };
        let (along, rank) = (node.get("axis")?, self.rank(known));
        let Some(scheme) = self.scheme(node, 1, along, rank, stored)? else {
            self.lose(node);
            return Ok(());
        };
        match self.names.integers(from, &scheme, index)? {
            Some(integers) => self.names.define(to, Known::Reals(integers)),
            None => self.lose(node),
        }
        Ok(())
    }

    /// An operator that names the scales of its operands and of its output.
    fn operator(&mut self, index: usize, node: &'a Node, form: &Form) -> Result<(), OpError> {
        let mut operands = Vec::new();
        let places: Vec<usize> = match form.operands {
            Operands::These(places) => places.to_vec(),
            Operands::From(first) => (first..node.inputs.len()).step_by(3).collect(),
        };
        for place in places {
            let name = node.input(place);
            let name =
                name.ok_or_else(|| OpError::inconsistent(format!("input {place} is missing")))?;
            let known = self.names.get(name)?;
            let rank = self.rank(known);
            // Filters have their channels first, matrices their columns last if they are not swapped.
            let first = form.plain == "Conv" || node.flag("transB", false)?;
            let along = if first { 0 } else { rank as i64 - 1 };
            let Some(scheme) = self.scheme(node, place + 1, Some(along), rank, DType::U8)? else {
                self.lose(node);
                return Ok(());
            };
            let Some(integers) = self.names.integers(name, &scheme, index)? else {
                self.lose(node);
                return Ok(());
            };
            operands.push(Some(integers.value));
        }
        if let Some(name) = form.bias.and_then(|place| node.input(place)) {
            let Some(value) = self.names.plain(name, index)? else {
                self.lose(node);
                return Ok(());
            };
            operands.push(Some(value));
        }
        let Some(scheme) = self.scheme(node, form.result, None, 0, DType::U8)? else {
            self.lose(node);
            return Ok(());
        };
        let plain = onnx_row(form.plain)?;
        let value = match self.build(index, node, plain, &operands, Some(&scheme)) {
            Ok(values) => values.first().copied(),
            Err(_) if form.bias.is_none() => {
                self.in_floats(index, node, plain, &operands, &scheme)?
            }
            Err(error) => return Err(error),
        };
        if let (Some(name), Some(value)) = (node.output(0), value) {
            let integers = Integers { value, unsigned: scheme.unsigned };
            self.names.define(name, Known::Integers(integers));
        }
        Ok(())
    }

    /// What a node computes of the real numbers that integers mean, quantised.
    fn in_floats(
        &mut self,
        index: usize,
        node: &'a Node,
        plain: crate::ops::onnx::Row,
        operands: &[Option<ValueId>],
        scheme: &Scheme,
    ) -> Result<Option<ValueId>, OpError> {
        let real = |value: &Option<ValueId>| {
            value.map(|value| self.names.reals(Integers { value, unsigned: false }, index))
        };
        let reals: Vec<Option<ValueId>> = operands.iter().map(real).collect();
        let values = self.build(index, node, plain, &reals, None)?;
        let (Some(name), Some(&value)) = (node.output(0), values.first()) else { return Ok(None) };
        let Scheme { quant, dtype, .. } = scheme.clone();
        let shape = self.names.graph.value(value).ty.shape.clone();
        let ty = TensorType { dtype, shape, quant };
        let op = Op::quantize(dtype, self.rounding());
        Ok(Some(self.names.convey(op, index, value, name.to_owned(), ty)))
    }

    /// The nodes that quantise the outputs of a node which reads quantised numbers.
    pub(super) fn group(&mut self, index: usize, node: &'a Node) -> Option<Group<'a>> {
        let reads = node.inputs.iter().flatten();
        let mut known = reads.map(|name| self.names.get(name).unwrap_or(Known::Lost));
        if !known.any(|known| matches!(known, Known::Reals(_))) {
            return None;
        }
        let mut outputs = Vec::new();
        let mut scheme: Option<Scheme> = None;
        for output in node.outputs.iter().flatten() {
            let mut reader = self.links.only_reader(output)?;
            let mut clamp = None;
            let nodes = self.source();
            if matches!(nodes[reader].op_type.as_str(), "Relu" | "Clip")
                && find(&nodes[reader]).is_ok()
            {
                clamp = Some(reader);
                reader = self.links.only_reader(nodes[reader].output(0)?)?;
            }
            let quantize = &nodes[reader];
            if reader <= index || kind(quantize) != Some(Kind::Quantize) {
                return None;
            }
            let own = self.scheme(quantize, 1, None, 0, DType::U8).ok()??;
            if scheme.as_ref().is_some_and(|scheme| *scheme != own) {
                return None;
            }
            scheme = Some(own);
            outputs.push(GroupOutput { name: quantize.output(0)?, quantize: reader, clamp });
        }
        Some(Group { scheme: scheme?, outputs })
    }
}

/// The tensor that a node reads first, and the one that it writes.
fn ends(node: &Node) -> Result<(&str, &str), OpError> {
    match (node.input(0), node.output(0)) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(OpError::inconsistent("has no input or no output")),
    }
}

fn onnx_row(name: &str) -> Result<crate::ops::onnx::Row, OpError> {
    crate::ops::onnx::find("", name)
        .ok_or_else(|| OpError::unsupported(format!("`{name}` is not supported")))
}
