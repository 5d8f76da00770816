//! Lets convolutions and max pools do the padding of a spatial `PAD` before them.
//!
//! Exact where what is padded has no influence on the window: the zero point in a convolution, the
//! least number in a maximum. An average counts what is inside the input, so it is left alone.

use super::Pass;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node};
use crate::ops::pad::Pad;
use crate::ops::{Op, Window, pool_2d};
use crate::tensor::{Data, TensorType};

pub(super) struct FusePad;

impl Pass for FusePad {
    fn name(&self) -> &'static str {
        "fuse-pad"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let links = Links::new(graph);
        let mut removed = vec![false; graph.nodes().len()];
        for index in 0..graph.nodes().len() {
            let node = &graph.nodes()[index];
            let source = node.inputs.first().and_then(|&input| links.sole_producer(input));
            let Some(padding) = source else { continue };
            if let Some(fused) = fused(graph, &graph.nodes()[padding], node) {
                *graph.node_mut(index) = fused;
                removed[padding] = true;
            }
        }
        graph.retain_nodes(|index, _| !removed[index]);
        Ok(removed.contains(&true))
    }
}

/// `node` with the padding of `padding` as part of its window.
fn fused(graph: &Graph, padding: &Node, node: &Node) -> Option<Node> {
    let Op::Pad(pad) = &padding.op else { return None };
    let source = padding.inputs[0];
    let mut fused = node.clone();
    fused.inputs[0] = source;
    let kernel_of = |axes: [usize; 2]| {
        let filter = &graph.value(*node.inputs.get(1)?).ty.shape;
        Some(axes.map(|axis| filter[axis]))
    };
    let ty = &graph.value(source).ty;
    let (window, kernel, neutral) = match &mut fused.op {
        Op::Conv2d(op) => (&mut op.window, kernel_of([1, 2])?, is_zero(&pad.value, ty)),
        Op::DepthwiseConv2d(op) => (&mut op.window, kernel_of([1, 2])?, is_zero(&pad.value, ty)),
        Op::Pool2d(op) if op.function == pool_2d::Function::Max => {
            (&mut op.window, op.kernel, is_least(&pad.value))
        }
        _ => return None,
    };
    if !neutral {
        return None;
    }
    widen(window, pad, kernel)?;
    let operands: Vec<&TensorType> =
        fused.inputs.iter().map(|&input| &graph.value(input).ty).collect();
    let output = &graph.value(fused.outputs[0]).ty;
    let inferred = fused.op.infer(&operands).ok()?;
    let same = inferred == [(output.dtype, output.shape.clone())];
    (same && fused.op.check(&graph.site(&fused)).is_ok()).then_some(fused)
}

/// Adds the padding of rows and columns, if there is no other and it is less than the kernel, so
/// that no window lies in the padding altogether.
fn widen(window: &mut Window, pad: &Pad, kernel: [usize; 2]) -> Option<()> {
    let &[[0, 0], [top, bottom], [left, right], [0, 0]] = &pad.amounts[..] else { return None };
    let padding = &mut window.padding;
    let sides = [
        (&mut padding.top, top, kernel[0]),
        (&mut padding.bottom, bottom, kernel[0]),
        (&mut padding.left, left, kernel[1]),
        (&mut padding.right, right, kernel[1]),
    ];
    for (side, more, limit) in sides {
        *side = side.checked_add(more).filter(|&sum| sum < limit)?;
    }
    Some(())
}

/// Whether the value stands for zero in a tensor of type `ty`.
fn is_zero(value: &Data, ty: &TensorType) -> bool {
    match value {
        Data::I8(v) => ty.quant.whole().is_some_and(|(_, zero)| i32::from(v[0]) == zero),
        Data::I16(v) => v[0] == 0,
        Data::F32(v) => v[0] == 0.0,
        _ => false,
    }
}

/// Whether no element is less.
fn is_least(value: &Data) -> bool {
    match value {
        Data::I8(v) => v[0] == i8::MIN,
        Data::I16(v) => v[0] == i16::MIN,
        Data::F32(v) => v[0] <= f32::MIN,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, ZERO_POINT, check};
    use super::FusePad;
    use crate::graph::ValueId;
    use crate::ops::pool_2d::{Function, Pool2d};
    use crate::ops::{Activation, Padding, Window};

    const ZERO: i8 = ZERO_POINT as i8;
    const SPATIAL: [[usize; 2]; 4] = [[0, 0], [1, 2], [2, 0], [0, 0]];

    /// A pad, and what `consumer` makes of it.
    fn check_padded(
        amounts: [[usize; 2]; 4],
        value: i8,
        consumer: impl Fn(&mut Builder, ValueId) -> ValueId,
        left: &[&str],
    ) {
        let mut b = Builder::new();
        let x = b.input(&[2, 5, 4, 3]);
        let x = b.pad(x, &amounts, value);
        let y = consumer(&mut b, x);
        b.output(y);
        check(b, &FusePad, left);
    }

    fn valid() -> Window {
        Window::valid([2, 1], [1, 1])
    }

    fn pool(function: Function) -> Pool2d {
        Pool2d { function, kernel: [3, 3], window: valid(), activation: Activation::None }
    }

    #[test]
    fn a_convolution_pads_for_itself() {
        check_padded(SPATIAL, ZERO, |b, x| b.conv2d(x, [3, 3], valid()), &["CONV_2D"]);
    }

    #[test]
    fn a_depthwise_convolution_pads_for_itself() {
        let consumer = |b: &mut Builder, x| b.depthwise_conv2d(x, [3, 3], valid());
        check_padded(SPATIAL, ZERO, consumer, &["DEPTHWISE_CONV_2D"]);
    }

    #[test]
    fn padding_adds_up() {
        let padding = Padding { top: 1, bottom: 0, left: 0, right: 2 };
        let window = Window { padding, ..valid() };
        check_padded(SPATIAL, ZERO, |b, x| b.conv2d(x, [3, 3], window), &["CONV_2D"]);
    }

    #[test]
    fn another_value_than_zero_stays() {
        let consumer = |b: &mut Builder, x| b.conv2d(x, [3, 3], valid());
        check_padded(SPATIAL, ZERO + 1, consumer, &["PAD", "CONV_2D"]);
    }

    #[test]
    fn padded_channels_stay() {
        let consumer = |b: &mut Builder, x| b.conv2d(x, [3, 3], valid());
        check_padded([[0, 0], [1, 1], [0, 0], [0, 1]], ZERO, consumer, &["PAD", "CONV_2D"]);
    }

    #[test]
    fn a_padded_batch_stays() {
        let consumer = |b: &mut Builder, x| b.conv2d(x, [3, 3], valid());
        check_padded([[1, 0], [1, 1], [0, 0], [0, 0]], ZERO, consumer, &["PAD", "CONV_2D"]);
    }

    #[test]
    fn padding_as_wide_as_the_kernel_stays() {
        let consumer = |b: &mut Builder, x| b.conv2d(x, [2, 3], valid());
        check_padded(SPATIAL, ZERO, consumer, &["PAD", "CONV_2D"]);
    }

    #[test]
    fn a_maximum_ignores_the_least_number() {
        let consumer = |b: &mut Builder, x| b.op(pool(Function::Max), &[x]);
        check_padded(SPATIAL, -128, consumer, &["MAX_POOL_2D"]);
    }

    #[test]
    fn a_maximum_sees_zeros() {
        let consumer = |b: &mut Builder, x| b.op(pool(Function::Max), &[x]);
        check_padded(SPATIAL, ZERO, consumer, &["PAD", "MAX_POOL_2D"]);
    }

    #[test]
    fn an_average_counts_its_elements() {
        let consumer = |b: &mut Builder, x| b.op(pool(Function::Average), &[x]);
        check_padded(SPATIAL, ZERO, consumer, &["PAD", "AVERAGE_POOL_2D"]);
    }

    #[test]
    fn a_pad_with_two_readers_stays() {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let x = b.pad(x, &SPATIAL, ZERO);
        let y = b.conv2d(x, [3, 3], valid());
        let z = b.conv2d(x, [3, 3], valid());
        b.output(y);
        b.output(z);
        check(b, &FusePad, &["PAD", "CONV_2D", "CONV_2D"]);
    }

    #[test]
    fn a_pad_that_is_a_model_output_stays() {
        let mut b = Builder::new();
        let x = b.input(&[1, 5, 4, 3]);
        let x = b.pad(x, &SPATIAL, ZERO);
        let y = b.conv2d(x, [3, 3], valid());
        b.output(y);
        b.output(x);
        check(b, &FusePad, &["PAD", "CONV_2D"]);
    }
}
