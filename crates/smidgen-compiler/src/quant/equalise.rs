//! Cross-layer equalisation: channels with small activations are scaled up, and the weights that read
//! them down, which changes nothing in real numbers but makes better use of a scale for all channels.

use super::statistics::Statistics;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Activation, Scales, Weighted};
use crate::tensor::Data;

/// Greatest factor of a channel: what is smaller hardly counts.
const MOST: f32 = 64.0;

/// Scales channels between pairs of layers that sum products, where the first one's activation is none
/// or a rectifier without an upper bound and only the second reads it. A channel whose greatest
/// activation is `a` and whose greatest weight in the next layer is `w` is scaled by the square root of
/// `w / a` (as `SmoothQuant`, Xiao et al., ICML 2023), up to a common factor; by `1 / a` where the next
/// layer weights each channel by itself and so has a scale for each anyway. Returns how many pairs were
/// scaled; `statistics` are no longer those of the graph if there are any.
pub fn equalise(graph: &mut Graph, statistics: &Statistics) -> usize {
    let mut pairs = 0;
    for first in 0..graph.nodes().len() {
        let Some(pair) = pair(graph, first) else {
            continue;
        };
        let value = graph.nodes()[first].outputs[0];
        let peaks = statistics.record(value).map(|record| record.peaks.as_slice());
        let Some(factors) = peaks.and_then(|peaks| factors(graph, &pair, peaks)) else {
            continue;
        };
        let inverse: Vec<f32> = factors.iter().map(|factor| 1.0 / factor).collect();
        scale_operand(graph, first, 1, pair.first.output_axis, &factors);
        if graph.nodes()[first].inputs.len() > 2 {
            scale_operand(graph, first, 2, 0, &factors);
        }
        scale_operand(graph, pair.reader, 1, pair.second.input_axis, &inverse);
        pairs += 1;
    }
    pairs
}

/// Two layers between which channels may be scaled.
struct Pair {
    first: Weighted,
    second: Weighted,
    /// Position of the second.
    reader: usize,
}

/// The pair that begins with node `index`.
fn pair(graph: &Graph, index: usize) -> Option<Pair> {
    let node = &graph.nodes()[index];
    let first = weighted(graph, node)?;
    if !matches!(first.activation, Activation::None | Activation::Relu) {
        return None;
    }
    let output = node.outputs[0];
    let &[reader] = graph.users(output).as_slice() else {
        return None;
    };
    let next = &graph.nodes()[reader];
    let second = weighted(graph, next)?;
    let channels = graph.value(output).ty.shape.last();
    // A group of channels, a multiple of them or a flattened plane would need a walk of its own.
    let reads_all = graph.value(next.inputs[1]).ty.shape[second.input_axis] == channels;
    let is_scalable = reads_all && next.inputs[0] == output && !graph.is_result(output);
    is_scalable.then_some(Pair { first, second, reader })
}

/// How a node weighs, if nobody else reads its constants.
fn weighted(graph: &Graph, node: &Node) -> Option<Weighted> {
    let Scales::Weighted(weighted) = node.op.scales() else {
        return None;
    };
    let is_own = |&id: &ValueId| {
        matches!(graph.value(id).constant.as_deref(), Some(Data::F32(_)))
            && graph.users(id).len() == 1
            && !graph.is_result(id)
    };
    node.inputs[1..].iter().all(is_own).then_some(weighted)
}

/// What to multiply each channel with; nothing if all are alike.
fn factors(graph: &Graph, pair: &Pair, peaks: &[f32]) -> Option<Vec<f32>> {
    let filter = graph.value(graph.nodes()[pair.reader].inputs[1]);
    let Data::F32(weights) = filter.constant.as_deref()? else {
        return None;
    };
    let stride = filter.ty.shape.strides()[pair.second.input_axis];
    let mut greatest = vec![0f32; peaks.len()];
    for (index, weight) in weights.iter().enumerate() {
        let most = &mut greatest[index / stride % peaks.len()];
        *most = most.max(weight.abs());
    }
    let by_itself = pair.second.output_axis == pair.second.input_axis;
    let wanted = |(&peak, &weight): (&f32, &f32)| match (peak, weight) {
        (0.0, _) | (_, 0.0) => None,
        _ if by_itself => Some(1.0 / peak),
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
