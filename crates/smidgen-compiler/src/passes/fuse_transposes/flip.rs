//! What a node becomes when it computes with its axes in another order.

use super::axes::{compose, is_still, permuted, regrouped};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::reshape::Reshape;
use crate::ops::transpose::Transpose;
use crate::ops::{Op, Operand, Site};
use crate::tensor::{Data, Quant, Shape, TensorType};

/// How a node reads an operand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// As it is.
    Whole,
    /// With its axes in this order.
    Axes(Vec<usize>),
    /// After axes of 1 before all others, in this order.
    Expanded(Vec<usize>),
    /// The same of a constant.
    Constant(Vec<usize>),
}

/// A node that computes with its axes in another order.
#[derive(Debug, Clone)]
pub(super) struct Flip {
    pub op: Op,
    pub needs: Vec<Need>,
    /// The order of the axes of each output.
    pub outputs: Vec<Vec<usize>>,
    /// Bytes of constants that are stored once more.
    pub copies: usize,
}

/// Where an order of axes is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Input,
    Output,
}

/// A node for which the axes at `side` are to have an order, if there is such a node. `reads` says
/// how often a value is read.
pub(super) fn flip(
    graph: &Graph,
    node: &Node,
    (side, axes): (Side, &[usize]),
    reads: impl Fn(ValueId) -> u32,
) -> Option<Flip> {
    if !node.regions.is_empty() || !node.op.updates().is_empty() {
        return None;
    }
    let ty = |id: ValueId| &graph.value(id).ty;
    let (op, inside, outside): (Op, Vec<usize>, Vec<usize>) = match (&node.op, side) {
        (Op::Reshape(_), _) => {
            let (from, to) = (&ty(node.inputs[0]).shape, &ty(node.outputs[0]).shape);
            let (inside, outside) = match side {
                Side::Input => (axes.to_vec(), regrouped(from, to, axes)?),
                Side::Output => (regrouped(to, from, axes)?, axes.to_vec()),
            };
            let shape = permuted(ty(node.outputs[0]), &outside).shape;
            (Reshape { shape }.into(), inside, outside)
        }
        (op, Side::Input) if op.is_elementwise() => {
            let missing = ty(node.outputs[0]).shape.rank().checked_sub(axes.len())?;
            let outer = (0..missing).chain(axes.iter().map(|axis| axis + missing));
            let axes: Vec<usize> = outer.collect();
            (op.clone(), axes.clone(), axes)
        }
        (op, Side::Input) => (op.permuted(axes)?, axes.to_vec(), without(axes, &op.dropped())),
        (op, Side::Output) => {
            let inside = with(axes, &op.dropped());
            (op.permuted(&inside)?, inside, axes.to_vec())
        }
    };
    let need = |&input: &ValueId| need(graph, input, &inside, op.is_elementwise());
    let needs: Vec<Need> = node.inputs.iter().map(need).collect::<Option<_>>()?;
    let reordered = |id: &ValueId| {
        let ty = ty(*id);
        let fits = ty.shape.rank() == outside.len() && !is_along_axis(ty);
        fits.then(|| permuted(ty, &outside))
    };
    let types: Vec<TensorType> = node.outputs.iter().map(reordered).collect::<Option<_>>()?;
    let again = node.inputs.iter().zip(&needs).map(|(&id, need)| match need {
        // The other readers keep the constant as it is.
        Need::Constant(_) if reads(id) > 1 => ty(id).bytes(),
        _ => 0,
    });
    let copies = again.sum();
    is_legal(graph, &op, node, &needs, &types)?;
    let outputs = vec![outside; types.len()];
    Some(Flip { op, needs, outputs, copies })
}

/// Whether the operator takes the operands in their new order, and gives what it should.
fn is_legal(
    graph: &Graph,
    op: &Op,
    node: &Node,
    needs: &[Need],
    outputs: &[TensorType],
) -> Option<()> {
    let operand = |(&id, need): (&ValueId, &Need)| {
        let value = graph.value(id);
        match need {
            Need::Whole => value.ty.clone(),
            Need::Axes(axes) => permuted(&value.ty, axes),
            Need::Expanded(axes) | Need::Constant(axes) => {
                permuted(&expanded(&value.ty, axes.len()), axes)
            }
        }
    };
    let types: Vec<TensorType> = node.inputs.iter().zip(needs).map(operand).collect();
    let constants = node.inputs.iter().zip(needs).map(|(&id, need)| match need {
        Need::Whole => graph.value(id).constant.as_deref(),
        _ => None,
    });
    let inputs = types.iter().zip(constants).map(|(ty, constant)| Operand { ty, constant });
    let site = Site { inputs: inputs.collect(), outputs: outputs.iter().collect() };
    let inferred = op.infer(&types.iter().collect::<Vec<_>>()).ok()?;
    let given = outputs.iter().map(|ty| (ty.dtype, ty.shape.clone()));
    (given.eq(inferred) && op.check(&site).is_ok()).then_some(())
}

fn need(graph: &Graph, id: ValueId, axes: &[usize], broadcasts: bool) -> Option<Need> {
    let value = graph.value(id);
    let (ty, rank) = (&value.ty, value.ty.shape.rank());
    if (broadcasts && ty.shape.elements() == 1) || (!broadcasts && rank != axes.len()) {
        return Some(Need::Whole);
    }
    let missing = axes.len().checked_sub(rank).filter(|_| !is_along_axis(ty))?;
    if value.constant.is_some() {
        return Some(Need::Constant(axes.to_vec()));
    }
    if (0..missing).eq(axes[..missing].iter().copied()) {
        let axes = axes[missing..].iter().map(|axis| axis - missing).collect();
        return Some(Need::Axes(axes));
    }
    Some(Need::Expanded(axes.to_vec()))
}

/// A type with axes of 1 before all others.
pub(super) fn expanded(ty: &TensorType, rank: usize) -> TensorType {
    let mut dims = vec![1; rank - ty.shape.rank()];
    dims.extend(ty.shape.dims());
    let shape = Shape::new(dims).expect("an expanded shape has as many elements");
    TensorType { shape, ..ty.clone() }
}

/// The elements of a constant with its axes in another order.
pub(super) fn reordered(ty: &TensorType, data: &Data, axes: &[usize]) -> Data {
    let from = TensorType::plain(ty.dtype, ty.shape.clone());
    let to = permuted(&from, axes);
    if is_still(&ty.shape, axes) {
        return data.clone();
    }
    let site = Site { inputs: vec![Operand { ty: &from, constant: None }], outputs: vec![&to] };
    let op: Op = Transpose { permutation: axes.to_vec() }.into();
    op.eval(&site, &[data]).pop().expect("a transposition has one output")
}

pub(super) fn is_along_axis(ty: &TensorType) -> bool {
    matches!(ty.quant, Quant::PerAxis { .. })
}

/// An order of axes of which some go, among those that stay.
fn without(axes: &[usize], dropped: &[usize]) -> Vec<usize> {
    let stays = |axis: &&usize| !dropped.contains(axis);
    let place = |&axis: &usize| axis - dropped.iter().filter(|&&gone| gone < axis).count();
    axes.iter().filter(stays).map(place).collect()
}

/// The reverse: axes that go follow those that they followed before.
fn with(axes: &[usize], dropped: &[usize]) -> Vec<usize> {
    let kept: Vec<usize> =
        (0..axes.len() + dropped.len()).filter(|axis| !dropped.contains(axis)).collect();
    let mut order = compose(&kept, axes);
    for &axis in dropped {
        let before = axis.checked_sub(1).and_then(|left| order.iter().position(|&at| at == left));
        order.insert(before.map_or(0, |place| place + 1), axis);
    }
    order
}
