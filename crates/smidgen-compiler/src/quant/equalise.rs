//! Cross-layer equalisation: channels with small activations are scaled up, and the weights that read
//! them down, which changes nothing in real numbers but makes better use of a scale for all channels.

use super::form::Form;
use super::statistics::Statistics;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Activation, Op};
use crate::tensor::Data;

/// Greatest factor of a channel: what is smaller hardly counts.
const MOST: f32 = 64.0;

/// Scales channels between pairs of layers that sum products, where the first one's activation is none
/// or a rectifier without an upper bound and only the second reads it. A channel whose greatest
/// activation is `a` and whose greatest weight in the next layer is `w` is scaled by the square root of
/// `w / a` (as `SmoothQuant`, Xiao et al., ICML 2023), up to a common factor; by `1 / a` where the next
/// layer is depthwise, whose weights have a scale for each channel anyway. Returns how many pairs were
/// scaled; `statistics` are no longer those of the graph if there are any.
pub fn equalise(graph: &mut Graph, statistics: &Statistics) -> usize {
    let mut pairs = 0;
    for first in 0..graph.nodes().len() {
        let Some(second) = reader(graph, first) else {
            continue;
        };
        let value = graph.nodes()[first].outputs[0];
        let Some(record) = statistics.record(value) else {
            continue;
        };
        let Some(factors) = factors(graph, &graph.nodes()[second], &record.peaks) else {
            continue;
        };
        let inverse: Vec<f32> = factors.iter().map(|factor| 1.0 / factor).collect();
        let axis = output_axis(&graph.nodes()[first].op);
        scale_operand(graph, first, 1, axis, &factors);
        if graph.nodes()[first].inputs.len() > 2 {
            scale_operand(graph, first, 2, 0, &factors);
        }
        scale_operand(graph, second, 1, 3, &inverse);
        pairs += 1;
    }
    pairs
}

/// The only node that reads what node `index` computes, if channels may be scaled between them.
fn reader(graph: &Graph, index: usize) -> Option<usize> {
    let node = &graph.nodes()[index];
    let activation = match &node.op {
        Op::Conv2d(op) => op.activation,
        Op::DepthwiseConv2d(op) => op.activation,
        Op::FullyConnected(op) => op.activation,
        _ => return None,
    };
    if !matches!(activation, Activation::None | Activation::Relu) || !has_own_weights(graph, node) {
        return None;
    }
    let output = node.outputs[0];
    let users = graph.users(output);
    let &[second] = users.as_slice() else {
        return None;
    };
    let next = &graph.nodes()[second];
    let channels = graph.value(output).ty.shape.last();
    let filter = &graph.value(*next.inputs.get(1)?).ty.shape;
    let reads_all = match next.op {
        // A group of channels, or a multiple of them, would need its own walk.
        Op::Conv2d(_) | Op::DepthwiseConv2d(_) => filter.last() == channels,
        _ => false,
    };
    let is_scalable = reads_all
        && next.inputs[0] == output
        && !graph.is_result(output)
        && has_own_weights(graph, next);
    is_scalable.then_some(second)
}

/// Whether nobody else reads the constants of a node.
fn has_own_weights(graph: &Graph, node: &Node) -> bool {
    node.inputs.len() > 1
        && node.inputs[1..].iter().all(|&id| {
            matches!(graph.value(id).constant.as_deref(), Some(Data::F32(_)))
                && graph.users(id).len() == 1
                && !graph.is_result(id)
        })
}

/// The axis of operand 1 along which output channels lie.
fn output_axis(op: &Op) -> usize {
    match Form::of(op) {
        Form::Weighted { channel_axis } => channel_axis,
        _ => 0,
    }
}

/// What to multiply each channel with; nothing if all are alike.
fn factors(graph: &Graph, next: &Node, peaks: &[f32]) -> Option<Vec<f32>> {
    let is_depthwise = matches!(next.op, Op::DepthwiseConv2d(_));
    let Data::F32(weights) = graph.value(next.inputs[1]).constant.as_deref()? else {
        return None;
    };
    let mut greatest = vec![0f32; peaks.len()];
    for row in weights.chunks_exact(peaks.len()) {
        greatest.iter_mut().zip(row).for_each(|(most, w)| *most = most.max(w.abs()));
    }
    let wanted = |(&peak, &weight): (&f32, &f32)| match (peak, weight) {
        (0.0, _) | (_, 0.0) => None,
        _ if is_depthwise => Some(1.0 / peak),
        _ => Some((weight / peak).sqrt()),
    };
    let wanted: Vec<Option<f32>> = peaks.iter().zip(&greatest).map(wanted).collect();
    let least = wanted.iter().flatten().copied().fold(f32::INFINITY, f32::min);
    if !least.is_normal() {
        return None;
    }
    let factor = |wanted: &Option<f32>| wanted.map_or(1.0, |wanted| (wanted / least).min(MOST));
    let factors: Vec<f32> = wanted.iter().map(factor).collect();
    factors.iter().any(|&factor| factor > 1.01).then_some(factors)
}

/// Multiplies operand `operand` of a node by a factor for each index along `axis`.
fn scale_operand(graph: &mut Graph, node: usize, operand: usize, axis: usize, factors: &[f32]) {
    let id: ValueId = graph.nodes()[node].inputs[operand];
    let value = graph.value(id);
    let stride = value.ty.shape.strides().get(axis).copied().unwrap_or(1);
    if let Some(Data::F32(numbers)) = value.constant.as_deref() {
        let scaled = numbers.iter().enumerate();
        let scaled = scaled.map(|(i, x)| x * factors[i / stride % factors.len()]).collect();
        graph.make_constant(id, Data::F32(scaled));
    }
}
