//! Small graphs for the tests of passes, and the check that a rewrite keeps every element.

use super::Pass;
use crate::eval;
use crate::graph::{Graph, ValueId};
use crate::ops::case::{Random, int8, plain};
use crate::ops::{
    Activation, Op, Window, concatenation, conv2d, copy, depthwise_conv2d, pad, reshape, split,
    transpose,
};
use crate::tensor::{DType, Data, Quant, Rounding, Shape, TensorType};

/// Scale and zero point of every value that says nothing else.
pub(super) const SCALE: f32 = 0.05;
/// See [`SCALE`].
pub(super) const ZERO_POINT: i32 = -3;

/// Runs a pass, requires the operators that are left, and compares all model outputs on random
/// inputs. A second run must change nothing.
pub(super) fn check(builder: Builder, pass: &dyn Pass, left: &[&str]) {
    let before = builder.finish();
    let mut after = before.clone();
    let changed = pass.run(&mut after).unwrap();
    after.verify().unwrap_or_else(|problems| panic!("{problems:?}\n{after}"));
    assert_eq!(changed, after != before, "{after}");
    assert!(!pass.run(&mut after.clone()).unwrap(), "a second run changes something:\n{after}");
    let names: Vec<&str> = after.nodes().iter().map(|node| node.op.name()).collect();
    assert_eq!(names, left, "{after}");
    check_equal(&before, &after);
}

/// Requires equal names, types and elements of all model outputs on random inputs.
pub(super) fn check_equal(before: &Graph, after: &Graph) {
    let ports = |graph: &Graph| {
        let port = |id: &ValueId| (graph.value(*id).name.clone(), graph.value(*id).ty.clone());
        graph.inputs().iter().chain(graph.outputs()).map(port).collect::<Vec<_>>()
    };
    assert_eq!(ports(before), ports(after));
    let mut random = Random::new(1);
    for _ in 0..10 {
        let types = before.inputs().iter().map(|&id| &before.value(id).ty);
        let inputs: Vec<Data> =
            types.map(|ty| random.data(ty.dtype, ty.shape.elements())).collect();
        let outputs =
            |graph: &Graph| eval::outputs(graph, &eval::evaluate(graph, &inputs).unwrap());
        assert_eq!(outputs(before), outputs(after), "{before}\n{after}");
    }
}

/// Builds a graph of int8 values.
pub(super) struct Builder {
    graph: Graph,
    outputs: Vec<ValueId>,
    random: Random,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { graph: Graph::new("test"), outputs: Vec::new(), random: Random::new(7) }
    }

    pub(super) fn finish(self) -> Graph {
        let mut graph = self.graph;
        graph.set_outputs(self.outputs);
        graph.verify().unwrap_or_else(|problems| panic!("{problems:?}\n{graph}"));
        graph
    }

    pub(super) fn input(&mut self, dims: &[usize]) -> ValueId {
        self.input_of(int8(dims, SCALE, ZERO_POINT))
    }

    pub(super) fn input_of(&mut self, ty: TensorType) -> ValueId {
        let name = format!("in{}", self.graph.inputs().len());
        self.graph.add_input(name, ty)
    }

    pub(super) fn output(&mut self, value: ValueId) {
        self.outputs.push(value);
    }

    pub(super) fn constant(&mut self, dims: &[usize]) -> ValueId {
        self.constant_of(int8(dims, SCALE, ZERO_POINT))
    }

    /// A constant of one number everywhere.
    pub(super) fn uniform(&mut self, dims: &[usize], number: i8) -> ValueId {
        let ty = int8(dims, SCALE, ZERO_POINT);
        let data = Data::I8(vec![number; ty.shape.elements()]);
        self.graph.add_constant("constant", ty, data)
    }

    pub(super) fn constant_of(&mut self, ty: TensorType) -> ValueId {
        let data = self.random.data(ty.dtype, ty.shape.elements());
        self.graph.add_constant("constant", ty, data)
    }

    /// An operator with one output that is quantised as most values are.
    pub(super) fn op(&mut self, op: impl Into<Op>, inputs: &[ValueId]) -> ValueId {
        self.op_to(op, inputs, Quant::per_tensor(SCALE, ZERO_POINT).unwrap())
    }

    /// An operator with one output that is quantised as said.
    pub(super) fn op_to(&mut self, op: impl Into<Op>, inputs: &[ValueId], quant: Quant) -> ValueId {
        let name = format!("layer{}", self.graph.nodes().len());
        self.graph.add_op(name, op, inputs, quant).unwrap()
    }

    pub(super) fn copy(&mut self, x: ValueId) -> ValueId {
        self.op(copy::Copy, &[x])
    }

    pub(super) fn reshape(&mut self, x: ValueId, dims: &[usize]) -> ValueId {
        self.op(reshape::Reshape { shape: Shape::new(dims.to_vec()).unwrap() }, &[x])
    }

    /// A reshape of a value that is quantised in its own way.
    pub(super) fn reshape_like(&mut self, x: ValueId, dims: &[usize]) -> ValueId {
        self.op_like(reshape::Reshape { shape: Shape::new(dims.to_vec()).unwrap() }, x)
    }

    pub(super) fn transpose(&mut self, x: ValueId, axes: &[usize]) -> ValueId {
        self.op(transpose::Transpose { permutation: axes.to_vec() }, &[x])
    }

    pub(super) fn pad(&mut self, x: ValueId, amounts: &[[usize; 2]], value: i8) -> ValueId {
        let value = Data::I8(vec![value]);
        self.op(pad::Pad { amounts: amounts.to_vec(), value }, &[x])
    }

    pub(super) fn concatenation(&mut self, parts: &[ValueId], axis: usize) -> ValueId {
        self.op(concatenation::Concatenation { axis }, parts)
    }

    /// A split into one part.
    pub(super) fn split_of_one(&mut self, x: ValueId, axis: usize) -> ValueId {
        let sizes = vec![self.graph.value(x).ty.shape[axis]];
        self.op(split::Split { axis, sizes }, &[x])
    }

    /// An operator whose output is quantised like its input.
    pub(super) fn op_like(&mut self, op: impl Into<Op>, x: ValueId) -> ValueId {
        self.op_like_of(op, &[x])
    }

    /// The same with several inputs: like its first.
    pub(super) fn op_like_of(&mut self, op: impl Into<Op>, inputs: &[ValueId]) -> ValueId {
        let quant = self.graph.value(inputs[0]).ty.quant.clone();
        self.op_to(op, inputs, quant)
    }

    pub(super) fn float_input(&mut self, dims: &[usize]) -> ValueId {
        self.input_of(plain(DType::F32, dims))
    }

    pub(super) fn float_constant(&mut self, dims: &[usize]) -> ValueId {
        self.constant_of(plain(DType::F32, dims))
    }

    /// Weights, which are symmetric around zero.
    pub(super) fn filter(&mut self, dims: &[usize]) -> ValueId {
        self.constant_of(int8(dims, 0.02, 0))
    }

    /// A convolution with four filters and a bias.
    pub(super) fn conv2d(&mut self, x: ValueId, [kh, kw]: [usize; 2], window: Window) -> ValueId {
        let channels = self.graph.value(x).ty.shape.last();
        let filter = self.filter(&[4, kh, kw, channels]);
        let bias = self.constant_of(plain(DType::I32, &[4]));
        let op = conv2d::Conv2d { window, activation: Activation::None, rounding: Rounding::Tflm };
        self.op_to(op, &[x, filter, bias], Quant::per_tensor(0.4, 5).unwrap())
    }

    /// A depthwise convolution with a bias.
    pub(super) fn depthwise_conv2d(
        &mut self,
        x: ValueId,
        [kh, kw]: [usize; 2],
        window: Window,
    ) -> ValueId {
        let channels = self.graph.value(x).ty.shape.last();
        let filter = self.filter(&[1, kh, kw, channels]);
        let bias = self.constant_of(plain(DType::I32, &[channels]));
        let op = depthwise_conv2d::DepthwiseConv2d {
            window,
            activation: Activation::None,
            rounding: Rounding::Tflm,
        };
        self.op_to(op, &[x, filter, bias], Quant::per_tensor(0.2, 5).unwrap())
    }
}
