//! Inputs and outputs of a model.

use super::names::{Known, Names};
use crate::diag::Code;
use crate::frontend::ReadOptions;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::onnx::shape::{dtype, new_shape};
use crate::ops::{Op, OpError};
use crate::reader::onnx::{Dim, ValueInfo, ValueType};
use crate::tensor::{Quant, Shape, TensorType};

/// Defines a model input, or the constant that the user gives in its place.
pub(super) fn input<'a>(
    names: &mut Names<'a>,
    input: &'a ValueInfo,
    options: &ReadOptions,
) -> Result<(), OpError> {
    names.define(&input.name, Known::Lost);
    let mut given = options.constants.iter();
    let value = if let Some(constant) = given.find(|constant| constant.name == input.name) {
        if constant.dims.contains(&0) {
            names.define_empty(&input.name);
            return Ok(());
        }
        let ty = TensorType::plain(constant.data.dtype(), new_shape(constant.dims.clone())?);
        names.graph.add_constant(&input.name, ty, constant.data.clone())
    } else {
        let (element, dims) = match &input.ty {
            ValueType::Tensor { element, dims } => (*element, dims.as_deref()),
            ValueType::Unknown => {
                return Err(OpError::unsupported("is a model input without a type"));
            }
            ValueType::Other(kind) => {
                let text = format!("is a model input that is a {kind}, not a tensor");
                return Err(OpError::unsupported(text));
            }
        };
        let ty = TensorType::plain(dtype(element)?, shape(input, dims, options)?);
        if options.states.iter().any(|(name, _)| *name == input.name) {
            let initial = ty.cleared();
            names.graph.add_state(&input.name, ty, initial)
        } else {
            names.graph.add_input(&input.name, ty)
        }
    };
    names.define(&input.name, Known::Value(value));
    Ok(())
}

/// The shape of an input. An open batch, where all else is known, is 1.
fn shape(input: &ValueInfo, dims: Option<&[Dim]>, options: &ReadOptions) -> Result<Shape, OpError> {
    let size = |dim: &Dim| if let Dim::Fixed(size) = dim { Some(*size) } else { None };
    let stated: Option<Vec<Option<usize>>> = dims.map(|dims| dims.iter().map(size).collect());
    if let Some((_, given)) = options.shapes.iter().find(|(name, _)| *name == input.name) {
        let same = |(stated, given): (&Option<usize>, &usize)| stated.is_none_or(|n| n == *given);
        let fits = stated
            .as_ref()
            .is_none_or(|stated| stated.len() == given.len() && stated.iter().zip(given).all(same));
        if fits {
            return new_shape(given.clone());
        }
        let text = format!("has shape {}, not {given:?}", written(dims));
        return Err(OpError::inconsistent(text));
    }
    let known: Option<Vec<usize>> = match stated.as_deref() {
        Some([None, rest @ ..]) => {
            let rest: Option<Vec<usize>> = rest.iter().copied().collect();
            rest.map(|rest| [vec![1], rest].concat())
        }
        Some(all) => all.iter().copied().collect(),
        None => None,
    };
    if let Some(known) = known {
        return new_shape(known);
    }
    let text = format!("is a model input of shape {}, which is not known", written(dims));
    let example = |dim: &Option<usize>| dim.map_or("N".to_owned(), |size| size.to_string());
    let example: Vec<String> = stated.iter().flatten().map(example).collect();
    let example = if example.is_empty() { "AxBxC".to_owned() } else { example.join("x") };
    let hint = format!("give its shape: `--shape {}={example}`", input.name);
    Err(OpError { code: Code::DynamicShape, text, hint: Some(hint) })
}

/// The shape as the file has it.
fn written(dims: Option<&[Dim]>) -> String {
    let dim = |dim: &Dim| match dim {
        Dim::Fixed(size) => size.to_string(),
        Dim::Named(name) => name.clone(),
        Dim::Open => "?".to_owned(),
    };
    dims.map_or_else(
        || "of unknown rank".to_owned(),
        |dims| format!("[{}]", dims.iter().map(dim).collect::<Vec<_>>().join(", ")),
    )
}

/// A model output. What no node gives gets one that writes it.
pub(super) fn output<'a>(
    names: &mut Names<'a>,
    name: &'a str,
    layer: usize,
) -> Result<Option<ValueId>, OpError> {
    let Some(value) = names.plain(name, layer)? else { return Ok(None) };
    let known = names.graph.value(value);
    if known.constant.is_none() && !names.graph.is_input(value) {
        return Ok(Some(value));
    }
    let ty = known.ty.clone();
    let written = names.graph.add_value(name, ty);
    names.graph.add_node(Node::new(name, layer, Op::duplicate(), vec![value], vec![written]));
    Ok(Some(written))
}

/// Makes the output `name` the next content of the state that the input `before` is.
pub(super) fn state<'a>(
    names: &mut Names<'a>,
    name: &'a str,
    before: &'a str,
    layer: usize,
) -> Result<(), OpError> {
    let (Some(new), Some(old)) = (names.plain(name, layer)?, names.plain(before, layer)?) else {
        return Ok(());
    };
    if !names.graph.states().iter().any(|state| state.before == old) {
        let text = format!("cannot be kept in `{before}`, which the model gives a content");
        return Err(OpError::inconsistent(text));
    }
    let [from, to] = [new, old].map(|id| names.graph.value(id).ty.clone());
    if from != to {
        let text = format!("is {from} and cannot become the state `{before}`, which is {to}");
        return Err(OpError::inconsistent(text));
    }
    let after = names.graph.add_value(before, to);
    names.graph.add_node(Node::new(name, layer, Op::store(), vec![new, old], vec![after]));
    names.graph.set_state(old, after);
    Ok(())
}

/// Gives inputs and outputs of four axes, which are `[n, c, h, w]`, as `[n, h, w, c]`.
pub(super) fn channels_last(graph: &mut Graph) {
    let (mut inputs, mut outputs) = (graph.inputs().to_vec(), graph.outputs().to_vec());
    for port in &mut inputs {
        if let Some(last) = with_channels_last(graph, *port) {
            let op = Op::transpose(&[0, 3, 1, 2]);
            let name = graph.value(*port).name.clone();
            graph.insert_node(0, Node::new(name, 0, op, vec![last], vec![*port]));
            *port = last;
        }
    }
    for port in &mut outputs {
        if let Some(last) = with_channels_last(graph, *port) {
            let op = Op::transpose(&[0, 2, 3, 1]);
            let (name, layer) = (graph.value(*port).name.clone(), graph.nodes().len());
            graph.add_node(Node::new(name, layer, op, vec![*port], vec![last]));
            *port = last;
        }
    }
    graph.set_inputs(inputs);
    graph.set_outputs(outputs);
}

/// A new value for a port of four axes.
fn with_channels_last(graph: &mut Graph, port: ValueId) -> Option<ValueId> {
    let value = graph.value(port);
    let (name, &[n, c, h, w]) = (value.name.clone(), value.ty.shape.dims()) else { return None };
    let shape = Shape::new([n, h, w, c]).ok()?;
    let ty = TensorType { shape, ..value.ty.clone() };
    (!matches!(ty.quant, Quant::PerAxis { .. })).then(|| graph.add_value(name, ty))
}
