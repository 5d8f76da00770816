//! Lets convolutions and fully connected layers of floats take on what follows them as products and sums
//! with constants per channel, such as a batch normalisation, and then clamps, also behind a reshape that
//! keeps the channels, as behind convolutions over one axis.
//!
//! Not exact, as floats are rounded elsewhere: for readers of networks, not among the passes that all
//! graphs get.

use super::Pass;
use super::fuse_activation::activation;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Activation, Op};
use crate::tensor::{DType, Data, Shape, TensorType};

pub(super) struct FuseScales;

impl Pass for FuseScales {
    fn name(&self) -> &'static str {
        "fuse-scales"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let links = Links::new(graph);
        // For each node that went, the one that gives its output.
        let mut instead: Vec<usize> = (0..graph.nodes().len()).collect();
        for index in 0..instead.len() {
            let Some(affine) = Affine::new(graph, &graph.nodes()[index]) else { continue };
            let Some(producer) = links.sole_producer(affine.x) else { continue };
            let last = instead[producer];
            let node = &graph.nodes()[last];
            let layer = match node.op {
                Op::Reshape(_) if keeps_channels(graph, node) => {
                    links.sole_producer(node.inputs[0]).map(|before| instead[before])
                }
                _ => Some(last),
            };
            let Some(joined) = layer.and_then(|layer| joined(graph, &links, layer, &affine)) else {
                continue;
            };
            let outputs = graph.nodes()[index].outputs.clone();
            *graph.node_mut(layer.unwrap_or(last)) = joined;
            graph.node_mut(last).outputs = outputs;
            instead[index] = last;
        }
        graph.retain_nodes(|index, _| instead[index] == index);
        Ok(instead.iter().enumerate().any(|(index, &last)| index != last))
    }
}

/// `factors x + offsets`, with one of each for all or for every element of the last axis, and a clamp.
struct Affine {
    x: ValueId,
    factors: Vec<f32>,
    offsets: Vec<f32>,
    clamp: Activation,
}

impl Affine {
    /// What a node computes, if it is that.
    fn new(graph: &Graph, node: &Node) -> Option<Self> {
        if let (Op::Elementwise(op), &[x]) = (&node.op, &node.inputs[..]) {
            let clamp = op.function.as_clamp().filter(|_| graph.value(x).ty.dtype == DType::F32)?;
            return Some(Self { x, factors: vec![1.0], offsets: vec![0.0], clamp });
        }
        let clamp = *activation(&mut node.op.clone())?;
        let &[a, b] = &node.inputs[..] else { return None };
        let known = |id: ValueId| graph.value(id).constant.as_deref();
        let (x, constant, first) = match (known(a), known(b)) {
            (None, Some(_)) => (a, b, true),
            (Some(_), None) => (b, a, false),
            _ => return None,
        };
        let (from, to) = (&graph.value(x).ty, &graph.value(node.outputs[0]).ty);
        let list = &graph.value(constant).ty.shape;
        let per_channel = list.elements() == 1
            || list.elements() == list.last() && list.last() == from.shape.last();
        let Some(Data::F32(numbers)) = known(constant).filter(|_| per_channel && from == to) else {
            return None;
        };
        let each = |f: fn(f32) -> f32| numbers.iter().map(|&number| f(number)).collect();
        let (factors, offsets) = match (&node.op, first) {
            (Op::Mul(_), _) => (numbers.clone(), each(|_| 0.0)),
            (Op::Div(_), true) => (each(|x| 1.0 / x), each(|_| 0.0)),
            (Op::Add(_), _) => (each(|_| 1.0), numbers.clone()),
            (Op::Sub(_), true) => (each(|_| 1.0), each(|x| -x)),
            (Op::Sub(_), false) => (each(|_| -1.0), numbers.clone()),
            _ => return None,
        };
        Some(Self { x, factors, offsets, clamp })
    }

    /// Whether all that it does is to clamp.
    fn only_clamps(&self) -> bool {
        self.factors.iter().all(|factor| factor.to_bits() == 1f32.to_bits())
            && self.offsets.iter().all(|&x| x == 0.0)
    }
}

/// Whether a reshape keeps the last axis.
fn keeps_channels(graph: &Graph, reshape: &Node) -> bool {
    let ends = [reshape.inputs[0], reshape.outputs[0]];
    let [from, to] = ends.map(|id| graph.value(id).ty.shape.last());
    from == to
}

/// The axis of a layer's filter along which lie the channels of its output, which are its last axis.
fn channel_axis(op: &Op) -> Option<usize> {
    match op {
        Op::Conv2d(_) | Op::FullyConnected(_) | Op::TransposeConv(_) => Some(0),
        Op::DepthwiseConv2d(_) => Some(3),
        Op::Conv3d(_) => Some(4),
        _ => None,
    }
}

/// The layer at `index` with `affine` of its output.
fn joined(graph: &mut Graph, links: &Links, index: usize, affine: &Affine) -> Option<Node> {
    let mut layer = graph.nodes()[index].clone();
    let axis = channel_axis(&layer.op)?;
    let own = activation(&mut layer.op).filter(|own| **own == Activation::None)?;
    *own = affine.clamp;
    if affine.only_clamps() {
        return Some(layer);
    }
    let floats = |id: ValueId| match graph.value(id).constant.as_deref() {
        Some(Data::F32(list)) => Some(list.clone()),
        _ => None,
    };
    let filter = graph.value(layer.inputs[1]).clone();
    let mut weights = floats(layer.inputs[1]).filter(|_| {
        // Another layer may have the same weights; those that were made here have no other.
        layer.inputs[1].index() >= links.values() || links.reads(layer.inputs[1]) == 1
    })?;
    let channels = *filter.ty.shape.dims().get(axis)?;
    let bias = match layer.inputs.get(2) {
        Some(&id) => floats(id)?,
        None => vec![0.0; channels],
    };
    let at = |list: &[f32], channel: usize| list[channel % list.len()];
    let stride = filter.ty.shape.strides()[axis];
    for (place, weight) in weights.iter_mut().enumerate() {
        *weight *= at(&affine.factors, place / stride % channels);
    }
    let bias = bias
        .iter()
        .enumerate()
        .map(|(channel, &bias)| bias * at(&affine.factors, channel) + at(&affine.offsets, channel));
    let bias = Data::F32(bias.collect());
    let shape = Shape::new([channels]).ok()?;
    let name = format!("{}/bias", layer.name);
    layer.inputs.truncate(1);
    layer.inputs.push(graph.add_constant(filter.name, filter.ty, Data::F32(weights)));
    layer.inputs.push(graph.add_constant(name, TensorType::plain(DType::F32, shape), bias));
    Some(layer)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;
    use crate::eval;
    use crate::ops::case::Random;
    use crate::ops::conv2d::Conv2d;
    use crate::ops::depthwise_conv2d::DepthwiseConv2d;
    use crate::ops::elementwise::{Elementwise, Function};
    use crate::ops::fully_connected::FullyConnected;
    use crate::ops::{Window, add, div, mul, reshape, sub};
    use crate::tensor::{Quant, Rounding};

    const N: Activation = Activation::None;
    const R: Rounding = Rounding::Tflm;

    fn op(b: &mut Builder, op: impl Into<Op>, inputs: &[ValueId]) -> ValueId {
        b.op_to(op, inputs, Quant::None)
    }

    fn scaled(b: &mut Builder, x: ValueId, dims: &[usize]) -> ValueId {
        let (factor, offset) = (b.float_constant(dims), b.float_constant(dims));
        let x = op(b, mul::Mul { activation: N, rounding: R }, &[x, factor]);
        op(
            b,
            add::Add { activation: Activation::Relu, shifting: false, rounding: Rounding::Tflm },
            &[offset, x],
        )
    }

    fn conv(b: &mut Builder, x: ValueId, filter: ValueId) -> ValueId {
        let window = Window::valid([1, 1], [1, 1]);
        op(b, Conv2d { window, activation: N, rounding: Rounding::Tflm }, &[x, filter])
    }

    /// Requires the operators that are left, and results that differ by roundings alone.
    fn check(network: impl Fn(&mut Builder, ValueId) -> ValueId, left: &[&str]) {
        let mut b = Builder::new();
        let x = b.float_input(&[1, 4, 5, 3]);
        let y = network(&mut b, x);
        b.output(y);
        let before = b.finish();
        let mut after = before.clone();
        super::super::run(&mut after, &[&FuseScales]).unwrap();
        let names: Vec<&str> = after.nodes().iter().map(|node| node.op.name()).collect();
        assert_eq!(names, left, "{after}");
        let inputs = [Random::new(3).data(DType::F32, 60)];
        let outputs = |graph: &Graph| {
            let data = eval::outputs(graph, &eval::evaluate(graph, &inputs).unwrap());
            data[0].get::<f32>().to_vec()
        };
        for (a, b) in outputs(&before).iter().zip(outputs(&after)) {
            assert!((a - b).abs() <= 1e-4 * (1.0 + a.abs()), "{a} {b}");
        }
    }

    #[test]
    fn layers_take_scales_on() {
        check(
            |b, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let x = conv(b, x, filter);
                let x = scaled(b, x, &[4]);
                let (filter, bias) = (b.float_constant(&[1, 2, 2, 4]), b.float_constant(&[4]));
                let window = Window::valid([1, 1], [1, 1]);
                let depthwise = DepthwiseConv2d { window, activation: N, rounding: Rounding::Tflm };
                let x = op(b, depthwise, &[x, filter, bias]);
                let x = scaled(b, x, &[1, 1, 1, 4]);
                let filter = b.float_constant(&[2, 4]);
                let layer = FullyConnected { activation: N, keep_dims: true, rounding: R };
                let x = op(b, layer, &[x, filter]);
                scaled(b, x, &[])
            },
            &["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"],
        );
    }

    #[test]
    fn differences_and_quotients_are_scales() {
        check(
            |b, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let x = conv(b, x, filter);
                let (mean, width) = (b.float_constant(&[4]), b.float_constant(&[]));
                let x = op(
                    b,
                    sub::Sub { activation: N, shifting: false, rounding: Rounding::Tflm },
                    &[x, mean],
                );
                let x = op(
                    b,
                    sub::Sub { activation: N, shifting: false, rounding: Rounding::Tflm },
                    &[mean, x],
                );
                op(b, div::Div { activation: N, rounding: R }, &[x, width])
            },
            &["CONV_2D"],
        );
    }

    #[test]
    fn what_others_read_or_clamp_stays() {
        check(
            |b, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let (y, z) = (conv(b, x, filter), conv(b, x, filter));
                let y = scaled(b, y, &[4]);
                op(
                    b,
                    add::Add { activation: N, shifting: false, rounding: Rounding::Tflm },
                    &[y, z],
                )
            },
            &["CONV_2D", "CONV_2D", "MUL", "ADD", "ADD"],
        );
        check(
            |b, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let x = conv(b, x, filter);
                let x = scaled(b, x, &[4]);
                scaled(b, x, &[4])
            },
            &["CONV_2D", "MUL", "ADD"],
        );
    }

    #[test]
    fn reshapes_that_keep_channels_are_passed() {
        let behind = |dims: &'static [usize]| {
            move |b: &mut Builder, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let x = conv(b, x, filter);
                let shape = Shape::new(dims).unwrap();
                let x = op(b, reshape::Reshape { shape }, &[x]);
                let factor = b.float_constant(&[]);
                let x = op(b, mul::Mul { activation: N, rounding: R }, &[x, factor]);
                op(b, Elementwise { function: Function::Relu6, rounding: R }, &[x])
            }
        };
        check(behind(&[1, 12, 4]), &["CONV_2D", "RESHAPE"]);
        check(behind(&[1, 48]), &["CONV_2D", "RESHAPE", "MUL", "RELU6"]);
    }

    #[test]
    fn other_constants_stay() {
        check(
            |b, x| {
                let filter = b.float_constant(&[4, 2, 2, 3]);
                let x = conv(b, x, filter);
                scaled(b, x, &[3, 1, 1])
            },
            &["CONV_2D", "MUL", "ADD"],
        );
    }
}
