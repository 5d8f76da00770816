//! The integer graph, node by node.

use super::groups::{Groups, is_real};
use super::statistics::Statistics;
use super::weights;
use super::{Integers, Scheme};
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Op, OpError, Operand, Scales, Site, Weighted};
use crate::tensor::{DType, Data, Quant, Rounding, TensorType};

/// A graph in integers.
#[derive(Debug, Clone)]
pub struct Quantised {
    /// The graph. Its inputs, outputs and states are those of the float graph, in order.
    pub graph: Graph,
    /// For each value of the float graph, the value that stands for it; `None` for operands that only
    /// layers with constants had.
    pub stand_ins: Vec<Option<ValueId>>,
    /// Layers that compute with floats, and why.
    pub left_real: Vec<LeftReal>,
}

/// A layer that computes with floats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftReal {
    /// Position of the node in the float graph.
    pub node: usize,
    /// Why.
    pub reason: String,
}

/// Builds the integer graph beside the float one.
pub(super) struct Rewriter<'a> {
    source: &'a Graph,
    statistics: &'a Statistics,
    scheme: &'a Scheme,
    groups: &'a Groups<'a>,
    /// The integers of each node of the source.
    integers: &'a [Integers],
    target: Graph,
    /// What there is of each value of the source: first what computes it, then conversions.
    made: Vec<Vec<ValueId>>,
    left_real: Vec<LeftReal>,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(
        source: &'a Graph,
        statistics: &'a Statistics,
        scheme: &'a Scheme,
        groups: &'a Groups<'a>,
        integers: &'a [Integers],
    ) -> Self {
        let made = vec![Vec::new(); source.values().len()];
        let target = Graph::new(source.name.clone());
        Self { source, statistics, scheme, groups, integers, target, made, left_real: Vec::new() }
    }

    pub(super) fn run(mut self) -> Result<Quantised, Vec<Diagnostic>> {
        let source = self.source;
        for &id in source.inputs() {
            let value = source.value(id);
            let ty = self.input_type(id).unwrap_or_else(|| value.ty.clone());
            let new = self.target.add_input(value.name.clone(), ty);
            self.made[id.index()].push(new);
        }
        for state in source.states() {
            let value = source.value(state.before);
            let new =
                self.target.add_state(state.name.clone(), value.ty.clone(), state.initial.clone());
            self.made[state.before.index()].push(new);
        }
        for (index, node) in source.nodes().iter().enumerate() {
            if let Err(reason) = self.integer_node(index, node) {
                self.left_real.extend(reason.map(|reason| LeftReal { node: index, reason }));
                self.real_node(node);
            }
        }
        for state in source.states() {
            let before = self.made[state.before.index()][0];
            let after = self.as_source(state.after);
            self.target.set_state(before, after);
        }
        let outputs = source.outputs().iter().map(|&id| self.output(id)).collect();
        self.target.set_outputs(outputs);
        let stand_ins = self.made.iter().map(|made| made.first().copied()).collect();
        self.target.verify()?;
        Ok(Quantised { graph: self.target, stand_ins, left_real: self.left_real })
    }

    /// Quantised type of a real model input, if any node reads it as integers.
    fn input_type(&self, id: ValueId) -> Option<TensorType> {
        let ty = &self.source.value(id).ty;
        if self.scheme.float_ports || ty.dtype != DType::F32 {
            return None;
        }
        let readers = self.source.nodes().iter().enumerate();
        let mut readers = readers.filter(|(_, node)| node.inputs.contains(&id));
        let dtype = readers.find_map(|(index, node)| {
            self.integers[index].clone().ok().filter(|_| node.op.scales() != Scales::None)
        })?;
        let quant = self.groups.quant(id, dtype)?;
        Some(TensorType { dtype, quant, ..ty.clone() })
    }

    /// A model output: integers where something computes them, unless ports are to be floats.
    fn output(&mut self, id: ValueId) -> ValueId {
        let is_made = !self.made[id.index()].is_empty();
        if self.scheme.float_ports || !is_made {
            self.as_source(id)
        } else {
            self.made[id.index()][0]
        }
    }

    /// The value as the source has it.
    fn as_source(&mut self, id: ValueId) -> ValueId {
        let ty = self.source.value(id).ty.clone();
        self.operand(id, &ty)
    }

    /// The value as type `ty`, whose shape it has; a constant as it is.
    fn operand(&mut self, id: ValueId, ty: &TensorType) -> ValueId {
        let target = &self.target;
        let same = self.made[id.index()].iter().find(|&&made| target.value(made).ty == *ty);
        if let Some(&found) = same {
            return found;
        }
        let value = self.source.value(id);
        let new = match (&value.constant, self.made[id.index()].first()) {
            (Some(data), _) => {
                self.target.add_constant(value.name.clone(), value.ty.clone(), data.clone())
            }
            (None, Some(&from)) => self.convert(&value.name, from, ty.clone()),
            (None, None) => unreachable!("nodes are in topological order"),
        };
        self.made[id.index()].push(new);
        new
    }

    /// Adds a conversion of `from` to another type.
    fn convert(&mut self, name: &str, from: ValueId, ty: TensorType) -> ValueId {
        let (op, name) = match ty.dtype {
            DType::F32 => (Op::dequantize(), format!("{name}/dequantize")),
            dtype => (Op::quantize(dtype, Rounding::Tflm), format!("{name}/quantize")),
        };
        let layer = self.target.nodes().len();
        let new = self.target.add_value(name.clone(), ty);
        self.target.add_node(Node::new(name, layer, op, vec![from], vec![new]));
        new
    }

    /// Adds a node that computes with what the source's node computes with.
    fn real_node(&mut self, node: &Node) {
        let inputs = node.inputs.iter().map(|&id| self.as_source(id)).collect();
        self.add(node, node.op.clone(), inputs, |_, value| value.clone());
    }

    /// Adds the integer form of a node; the error says why there is none, and nothing if nobody
    /// wonders.
    fn integer_node(&mut self, index: usize, node: &Node) -> Result<(), Option<String>> {
        if !is_real(self.source, node) {
            return Err(None);
        }
        let scales = node.op.scales();
        if scales == Scales::None {
            return Err(Some("has no integer form".into()));
        }
        let dtype = self.integers[index].clone().map_err(Some)?;
        let no_quant = || Some("no sample tells its range".to_string());
        let results: Option<Vec<TensorType>> =
            node.outputs.iter().map(|&id| self.result_type(id, dtype)).collect();
        let results = results.ok_or_else(no_quant)?;
        let shared = results.iter().zip(&node.outputs).find(|(_, id)| self.is_real_value(**id));
        let shared = shared.filter(|_| scales == Scales::Shared).map(|(ty, _)| ty.quant.clone());
        let mut operands = Vec::new();
        // Weights and biases have scales of another kind.
        let count = if matches!(scales, Scales::Weighted(_)) { 1 } else { node.inputs.len() };
        for position in 0..count {
            operands.push(
                self.operand_of(node, position, dtype, shared.as_ref()).ok_or_else(no_quant)?,
            );
        }
        if let Scales::Weighted(weighted) = scales {
            self.weigh(node, weighted, dtype, &mut operands)?;
        }
        self.check(&node.op, &operands, &results).map_err(|error| Some(error.text))?;
        let inputs = operands.into_iter().map(|operand| match operand {
            New::Value(id, ty) => self.operand(id, &ty),
            New::Constant(name, (ty, data)) => self.target.add_constant(name, ty, data),
        });
        let inputs = inputs.collect();
        let mut results = results.into_iter();
        self.add(node, node.op.clone(), inputs, |_, _| {
            results.next().expect("a type for each result")
        });
        Ok(())
    }

    fn add(
        &mut self,
        node: &Node,
        op: Op,
        inputs: Vec<ValueId>,
        mut ty: impl FnMut(usize, &TensorType) -> TensorType,
    ) {
        let mut outputs = Vec::new();
        for (position, &id) in node.outputs.iter().enumerate() {
            let value = self.source.value(id);
            let new = self.target.add_value(value.name.clone(), ty(position, &value.ty));
            self.made[id.index()].push(new);
            outputs.push(new);
        }
        self.target.add_node(Node { op, inputs, outputs, ..node.clone() });
    }

    fn is_real_value(&self, id: ValueId) -> bool {
        self.source.value(id).ty.dtype == DType::F32
    }

    /// The type of a result in integers; that of the source where it is no real number.
    fn result_type(&self, id: ValueId, dtype: DType) -> Option<TensorType> {
        let ty = self.source.value(id).ty.clone();
        if ty.dtype != DType::F32 {
            return Some(ty);
        }
        let quant = self.groups.quant(id, dtype)?;
        Some(TensorType { dtype, quant, ..ty })
    }

    /// What operand `position` becomes; with the scale that all share, if there is one.
    fn operand_of(
        &self,
        node: &Node,
        position: usize,
        dtype: DType,
        shared: Option<&Quant>,
    ) -> Option<New> {
        let id = node.inputs[position];
        let ty = self.source.value(id).ty.clone();
        if ty.dtype != DType::F32 {
            return Some(New::Value(id, ty));
        }
        let dtype = node.op.operand_type(position, dtype);
        let own = || self.groups.quant(id, dtype);
        let quant = shared.cloned().or_else(own)?;
        let ty = TensorType { dtype, quant, ..ty };
        let value = self.source.value(id);
        Some(match value.constant.as_deref() {
            Some(Data::F32(numbers)) => {
                New::Constant(value.name.clone(), weights::constant(numbers, ty)?)
            }
            _ => New::Value(id, ty),
        })
    }

    /// Whether the operator takes such types.
    fn check(&self, op: &Op, operands: &[New], results: &[TensorType]) -> Result<(), OpError> {
        let operand = |new| match new {
            &New::Value(id, ref ty) => {
                Operand { ty, constant: self.source.value(id).constant.as_deref() }
            }
            New::Constant(_, (ty, data)) => Operand { ty, constant: Some(data) },
        };
        let inputs: Vec<Operand> = operands.iter().map(operand).collect();
        let types: Vec<&TensorType> = inputs.iter().map(|operand| operand.ty).collect();
        op.infer(&types)?;
        op.check(&Site { inputs, outputs: results.iter().collect() })
    }

    /// Puts quantised weights in the place of operands 1 and 2.
    fn weigh(
        &self,
        node: &Node,
        weighted: Weighted,
        dtype: DType,
        operands: &mut Vec<New>,
    ) -> Result<(), Option<String>> {
        let Some(New::Value(input, TensorType { quant, .. })) = operands.first() else {
            return Err(Some("its first operand is constant".to_string()));
        };
        let scale = quant.whole().map_or(1.0, |(scale, _)| scale);
        let mean = self.statistics.mean(*input).filter(|_| self.scheme.correct_bias);
        let made = weights::quantise(
            self.source,
            node,
            weighted.output_axis,
            (dtype, scale),
            mean.as_ref(),
        );
        let made = made.ok_or_else(|| Some("its weights are not finite constants".to_string()))?;
        let name = |position: usize| match node.inputs.get(position) {
            Some(&id) => self.source.value(id).name.clone(),
            None => format!("{}/bias", node.name),
        };
        let bias = made.bias.map(|bias| New::Constant(name(2), bias));
        operands.truncate(1);
        operands.push(New::Constant(name(1), made.filter));
        operands.extend(bias);
        Ok(())
    }
}

/// An operand of an integer node.
enum New {
    /// A value of the source in this type.
    Value(ValueId, TensorType),
    /// A constant of this name.
    Constant(String, (TensorType, Data)),
}
