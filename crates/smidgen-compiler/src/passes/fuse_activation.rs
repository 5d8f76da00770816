//! Lets operators do the clamp of a `RELU` or `RELU6` behind them.
//!
//! Exact where both outputs are quantised alike: then the activation alone only clamps, as the
//! operator does with its own output.

use super::Pass;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node};
use crate::ops::{Activation, Op};

pub(super) struct FuseActivation;

impl Pass for FuseActivation {
    fn name(&self) -> &'static str {
        "fuse-activation"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let links = Links::new(graph);
        let mut removed = vec![false; graph.nodes().len()];
        for (index, removed) in removed.iter_mut().enumerate() {
            let node = &graph.nodes()[index];
            let source = node.inputs.first().and_then(|&input| links.sole_producer(input));
            let Some(producer) = source else { continue };
            if let Some(fused) = fused(graph, &graph.nodes()[producer], node) {
                *graph.node_mut(producer) = fused;
                *removed = true;
            }
        }
        graph.retain_nodes(|index, _| !removed[index]);
        Ok(removed.contains(&true))
    }
}

/// `producer` with the clamp of `node`, and the output of `node`.
fn fused(graph: &Graph, producer: &Node, node: &Node) -> Option<Node> {
    let clamp = match &node.op {
        Op::Elementwise(op) => op.function.as_clamp()?,
        _ => return None,
    };
    let (&[between], &[output]) = (&producer.outputs[..], &node.outputs[..]) else { return None };
    let (ty, output_ty) = (&graph.value(between).ty, &graph.value(output).ty);
    if node.inputs != [between] || ty != output_ty || !clamp.applies_to(ty.dtype) {
        return None;
    }
    let mut fused = producer.clone();
    fused.outputs = vec![output];
    let activation = activation(&mut fused.op)?;
    *activation = both(*activation, clamp)?;
    fused.op.check(&graph.site(&fused)).is_ok().then_some(fused)
}

/// The clamp of an operator's output, if it has one.
pub(super) fn activation(op: &mut Op) -> Option<&mut Activation> {
    Some(match op {
        Op::Add(op) => &mut op.activation,
        Op::Conv2d(op) => &mut op.activation,
        Op::Conv3d(op) => &mut op.activation,
        Op::DepthwiseConv2d(op) => &mut op.activation,
        Op::FullyConnected(op) => &mut op.activation,
        Op::Div(op) => &mut op.activation,
        Op::Mul(op) => &mut op.activation,
        Op::Pool2d(op) => &mut op.activation,
        Op::Sub(op) => &mut op.activation,
        Op::TransposeConv(op) => &mut op.activation,
        _ => return None,
    })
}

/// The activation that clamps as two in a row do, if there is one.
fn both(first: Activation, second: Activation) -> Option<Activation> {
    match (first, second) {
        (Activation::None, clamp) => Some(clamp),
        (first, second) if first == second => Some(first),
        (Activation::Relu6, Activation::Relu) | (Activation::Relu, Activation::Relu6) => {
            Some(Activation::Relu6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, SCALE, ZERO_POINT, check};
    use super::{Activation, FuseActivation};
    use crate::graph::ValueId;
    use crate::ops::pool_2d::{Function, Pool2d};
    use crate::ops::{
        Op, Window, add, concatenation, conv2d, elementwise, fully_connected, mul, sub,
    };
    use crate::tensor::{Quant, Rounding};

    const NONE: Activation = Activation::None;

    fn clamp(function: elementwise::Function) -> Op {
        elementwise::Elementwise { function, rounding: Rounding::Tflm }.into()
    }

    fn relu() -> Op {
        clamp(elementwise::Function::Relu)
    }

    fn relu6() -> Op {
        clamp(elementwise::Function::Relu6)
    }

    fn valid() -> Window {
        Window::valid([1, 1], [1, 1])
    }

    fn pool(function: Function, activation: Activation) -> Op {
        Pool2d { function, kernel: [2, 2], window: valid(), activation }.into()
    }

    /// What `producer` makes of an input, clamped by each of `clamps` in turn.
    fn check_clamped(
        producer: impl Fn(&mut Builder, ValueId) -> ValueId,
        clamps: &[Op],
        left: &[&str],
    ) {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let mut y = producer(&mut b, x);
        for clamp in clamps {
            y = b.op_like(clamp.clone(), y);
        }
        b.output(y);
        check(b, &FuseActivation, left);
    }

    #[test]
    fn a_convolution_clamps() {
        check_clamped(|b, x| b.conv2d(x, [3, 3], valid()), &[relu()], &["CONV_2D"]);
    }

    #[test]
    fn a_convolution_clamps_twice_bounded() {
        check_clamped(|b, x| b.conv2d(x, [3, 3], valid()), &[relu6()], &["CONV_2D"]);
    }

    #[test]
    fn a_depthwise_convolution_clamps() {
        let producer = |b: &mut Builder, x| b.depthwise_conv2d(x, [3, 3], valid());
        check_clamped(producer, &[relu6()], &["DEPTHWISE_CONV_2D"]);
    }

    #[test]
    fn a_fully_connected_layer_clamps() {
        let producer = |b: &mut Builder, x| {
            let filter = b.filter(&[7, 60]);
            let op = fully_connected::FullyConnected {
                activation: NONE,
                keep_dims: false,
                rounding: Rounding::Litert,
            };
            b.op(op, &[x, filter])
        };
        check_clamped(producer, &[relu()], &["FULLY_CONNECTED"]);
    }

    #[test]
    fn arithmetic_clamps() {
        let add: Op =
            add::Add { activation: NONE, shifting: false, rounding: Rounding::Tflm }.into();
        let sub: Op =
            sub::Sub { activation: NONE, shifting: false, rounding: Rounding::Tflm }.into();
        let mul: Op = mul::Mul { activation: NONE, rounding: Rounding::Tflm }.into();
        for op in [add, sub, mul] {
            let producer = |b: &mut Builder, x| {
                let other = b.constant(&[1, 5, 4, 3]);
                b.op(op.clone(), &[x, other])
            };
            check_clamped(producer, &[relu()], &[op.name()]);
        }
    }

    #[test]
    fn pools_clamp() {
        for function in [Function::Average, Function::Max] {
            let op = pool(function, NONE);
            check_clamped(|b, x| b.op(op.clone(), &[x]), &[relu6()], &[op.name()]);
        }
    }

    #[test]
    fn the_narrower_clamp_counts() {
        for first in [Activation::Relu, Activation::Relu6] {
            for second in [relu(), relu6()] {
                let op = pool(Function::Max, first);
                check_clamped(|b, x| b.op(op.clone(), &[x]), &[second], &["MAX_POOL_2D"]);
            }
        }
    }

    #[test]
    fn clamps_that_make_no_third_stay_apart() {
        let op = pool(Function::Max, Activation::ReluN1To1);
        check_clamped(|b, x| b.op(op.clone(), &[x]), &[relu()], &["MAX_POOL_2D", "RELU"]);
    }

    #[test]
    fn floats_clamp() {
        let mut b = Builder::new();
        let x = b.float_input(&[1, 5, 4, 3]);
        let filter = b.float_constant(&[2, 3, 3, 3]);
        let op = conv2d::Conv2d { window: valid(), activation: NONE, rounding: Rounding::Tflm };
        let y = b.op_to(op, &[x, filter], Quant::None);
        let y = b.op_like(relu6(), y);
        b.output(y);
        check(b, &FuseActivation, &["CONV_2D"]);
    }

    #[test]
    fn an_operator_without_a_clamp_stays() {
        let producer = |b: &mut Builder, x| b.op(concatenation::Concatenation { axis: 1 }, &[x, x]);
        check_clamped(producer, &[relu()], &["CONCATENATION", "RELU"]);
    }

    #[test]
    fn another_scale_stays() {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let y = b.op(pool(Function::Max, NONE), &[x]);
        let y = b.op_to(relu(), &[y], Quant::per_tensor(SCALE / 2.0, ZERO_POINT).unwrap());
        b.output(y);
        check(b, &FuseActivation, &["MAX_POOL_2D", "RELU"]);
    }

    #[test]
    fn another_reader_stays() {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let y = b.conv2d(x, [3, 3], valid());
        let z = b.op_like(relu(), y);
        let w = b.op_like(relu6(), y);
        b.output(z);
        b.output(w);
        check(b, &FuseActivation, &["CONV_2D", "RELU", "RELU6"]);
    }

    #[test]
    fn a_model_output_in_between_stays() {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let y = b.conv2d(x, [3, 3], valid());
        let z = b.op_like(relu(), y);
        b.output(z);
        b.output(y);
        check(b, &FuseActivation, &["CONV_2D", "RELU"]);
    }
}
