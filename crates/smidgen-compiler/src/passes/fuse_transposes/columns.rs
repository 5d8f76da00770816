//! Layers on a flattened tensor, whose weights can be stored in the order of its elements.

use super::axes::{compose, inverse};
use super::flip::reordered;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::Op;
use crate::passes::links::Links;
use crate::tensor::{DType, MAX_RANK, Shape, TensorType};

/// For each node, whether it flattens a tensor for one fully connected layer only, on all of it.
/// Sums of floats then change their order, which must be allowed.
pub(super) fn flattening(graph: &Graph, reorders_sums: bool) -> Vec<bool> {
    let links = Links::new(graph);
    let mut flattens = vec![false; graph.nodes().len()];
    for node in graph.nodes().iter().filter(|node| matches!(node.op, Op::FullyConnected(_))) {
        let (x, filter) = (node.inputs[0], node.inputs[1]);
        let Some(before) = links.sole_producer(x) else { continue };
        let shape = &graph.nodes()[before];
        if !matches!(shape.op, Op::Reshape(_)) {
            continue;
        }
        let (data, weights) = (graph.value(shape.inputs[0]), graph.value(filter));
        flattens[before] = data.constant.is_none()
            && weights.constant.is_some()
            && links.reads(filter) == 1
            && weights.ty.shape.last() == data.ty.shape.elements()
            && data.ty.shape.rank() < MAX_RANK
            && (reorders_sums || data.ty.dtype != DType::F32);
    }
    flattens
}

/// The layer whose activations, which came in the order `from` of the axes of a tensor of type `ty`,
/// come in the order `to`.
pub(super) fn turned(
    graph: &mut Graph,
    layer: &mut Node,
    ty: &TensorType,
    (from, to): (&[usize], &[usize]),
) {
    let filter = graph.value(layer.inputs[1]).clone();
    let (Some(data), &[units, _]) = (filter.constant, filter.ty.shape.dims()) else { return };
    let order = compose(&inverse(from), to);
    let dims = [units].into_iter().chain(from.iter().map(|&axis| ty.shape[axis]));
    let axes: Vec<usize> = [0].into_iter().chain(order.iter().map(|axis| axis + 1)).collect();
    let shape = Shape::new(dims.collect::<Vec<_>>()).expect("as many elements as the filter");
    let columns = TensorType::plain(filter.ty.dtype, shape);
    let data = reordered(&columns, &data, &axes);
    layer.inputs[1] = graph.add_constant(filter.name, filter.ty, data);
}

/// The layer that reads a flattened tensor.
pub(super) fn reads(node: &Node, flat: ValueId) -> bool {
    matches!(node.op, Op::FullyConnected(_)) && node.inputs[0] == flat
}
