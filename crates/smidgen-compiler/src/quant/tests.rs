//! Small float graphs, quantised.

use super::noise::{self, Noise};
use super::*;
use crate::eval::{self, Values};
use crate::graph::Graph;
use crate::ops::case::{Random, plain};
use crate::ops::concatenation::Concatenation;
use crate::ops::conv2d::Conv2d;
use crate::ops::depthwise_conv2d::DepthwiseConv2d;
use crate::ops::elementwise::{Elementwise, Function};
use crate::ops::fully_connected::FullyConnected;
use crate::ops::gather::Gather;
use crate::ops::mul::Mul;
use crate::ops::softmax::Softmax;
use crate::ops::{Activation, Op, Window};
use crate::tensor::{Data, Quant, Rounding, Shape};

const SAMPLES: usize = 24;

/// Builds a float graph.
struct Builder {
    graph: Graph,
    random: Random,
}

impl Builder {
    fn new() -> Self {
        Self { graph: Graph::new("test"), random: Random::new(3) }
    }

    fn input(&mut self, dims: &[usize]) -> ValueId {
        self.graph.add_input("in", plain(DType::F32, dims))
    }

    /// A constant from -1 to 1.
    fn constant(&mut self, dims: &[usize]) -> ValueId {
        let ty = plain(DType::F32, dims);
        let data = self.random.data(DType::F32, ty.shape.elements());
        self.graph.add_constant(format!("c{}", self.graph.values().len()), ty, data)
    }

    fn op(&mut self, op: impl Into<Op>, inputs: &[ValueId]) -> ValueId {
        let name = format!("layer{}", self.graph.nodes().len());
        self.graph.add_op(name, op, inputs, Quant::None).unwrap()
    }

    fn conv(&mut self, x: ValueId, channels: usize, activation: Activation) -> ValueId {
        let depth = self.graph.value(x).ty.shape.last();
        let (filter, bias) = (self.constant(&[channels, 3, 3, depth]), self.constant(&[channels]));
        self.op(
            Conv2d { window: Window::valid([1, 1], [1, 1]), activation, rounding: Rounding::Tflm },
            &[x, filter, bias],
        )
    }

    fn depthwise(&mut self, x: ValueId) -> ValueId {
        let channels = self.graph.value(x).ty.shape.last();
        let (filter, bias) = (self.constant(&[1, 3, 3, channels]), self.constant(&[channels]));
        let window = Window::valid([1, 1], [1, 1]);
        self.op(
            DepthwiseConv2d { window, activation: Activation::Relu, rounding: Rounding::Tflm },
            &[x, filter, bias],
        )
    }

    fn dense(&mut self, x: ValueId, units: usize) -> ValueId {
        let depth = self.graph.value(x).ty.shape.elements();
        let (filter, bias) = (self.constant(&[units, depth]), self.constant(&[units]));
        let (activation, rounding) = (Activation::None, Rounding::Tflm);
        self.op(FullyConnected { activation, keep_dims: false, rounding }, &[x, filter, bias])
    }

    fn function(&mut self, function: Function, x: ValueId) -> ValueId {
        self.op(Elementwise { function, rounding: Rounding::Tflm }, &[x])
    }

    fn finish(mut self, outputs: &[ValueId]) -> Graph {
        self.graph.set_outputs(outputs.to_vec());
        self.graph.verify().unwrap();
        self.graph
    }
}

/// A small network with all kinds of scales.
fn network() -> Graph {
    let mut b = Builder::new();
    let x = b.input(&[1, 8, 8, 3]);
    let x = b.conv(x, 6, Activation::Relu);
    let x = b.depthwise(x);
    let left = b.function(Function::Logistic, x);
    let x = b.op(Concatenation { axis: 3 }, &[left, x]);
    let x = b.dense(x, 5);
    let y = b.op(Softmax { beta: 1.0, rounding: Rounding::Tflm }, &[x]);
    b.finish(&[y])
}

fn samples(graph: &Graph) -> Vec<Vec<Data>> {
    let mut random = Random::new(5);
    let ty = &graph.value(graph.inputs()[0]).ty;
    (0..SAMPLES).map(|_| vec![random.data(DType::F32, ty.shape.elements())]).collect()
}

fn observe(graph: &Graph) -> (Statistics, Vec<Values>) {
    let mut statistics = Statistics::new(graph);
    let all: Vec<Values> =
        samples(graph).iter().map(|inputs| eval::evaluate(graph, inputs).unwrap()).collect();
    for values in &all {
        statistics.observe(graph, values).unwrap();
    }
    (statistics, all)
}

fn scheme() -> Scheme {
    Scheme {
        precision: Precision::Int8,
        layers: BTreeMap::new(),
        method: Method::MinMax,
        correct_bias: false,
        float_ports: true,
    }
}

/// Quantises with float ports; returns the graph and the loss of each node.
fn check(graph: &Graph, scheme: &Scheme) -> (Quantised, Vec<Option<noise::LayerNoise>>) {
    let (statistics, floats) = observe(graph);
    let quantised = quantise(graph, &statistics, scheme).unwrap();
    let mut layers = Vec::new();
    for (inputs, floats) in samples(graph).iter().zip(&floats) {
        let integers = eval::evaluate(&quantised.graph, inputs).unwrap();
        noise::add(&mut layers, graph, &quantised, floats, &integers);
    }
    (quantised, layers)
}

fn decibels(graph: &Graph, scheme: &Scheme) -> f64 {
    check(graph, scheme).1.last().unwrap().unwrap().total.decibels()
}

#[test]
fn everything_with_an_integer_form_takes_it() {
    let (quantised, layers) = check(&network(), &scheme());
    let names: Vec<&str> = quantised.graph.nodes().iter().map(|node| node.op.name()).collect();
    // The sigmoid has a scale of its own, so it is brought to that of the other operand.
    let expected = [
        "QUANTIZE",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "LOGISTIC",
        "QUANTIZE",
        "CONCATENATION",
        "FULLY_CONNECTED",
        "SOFTMAX",
        "DEQUANTIZE",
    ];
    assert_eq!(names, expected, "{}", quantised.graph);
    assert_eq!(quantised.left_real, []);
    for layer in layers.iter().flatten() {
        assert!(layer.total.decibels() > 25.0, "{layer:?}");
        assert!(layer.own.decibels() > 30.0, "{layer:?}");
    }
}

/// A narrow value beside a wide one keeps its own scale for everybody else.
#[test]
fn wide_values_do_not_coarsen_narrow_ones() {
    let mut b = Builder::new();
    let x = b.input(&[1, 16]);
    let ten = b.graph.add_constant("ten", plain(DType::F32, &[1]), Data::F32(vec![10.0]));
    let mul = Mul { activation: Activation::None, rounding: Rounding::Tflm };
    let wide = b.op(mul, &[x, ten]);
    let both = b.op(Concatenation { axis: 1 }, &[x, wide]);
    let narrow = b.function(Function::Abs, x);
    let graph = b.finish(&[both, narrow]);
    let layers = check(&graph, &scheme()).1;
    assert!(layers[2].unwrap().total.decibels() > 45.0, "{layers:?}");
}

#[test]
fn sixteen_bits_lose_less() {
    let graph = network();
    let eight = decibels(&graph, &scheme());
    let sixteen = decibels(&graph, &Scheme { precision: Precision::Int16, ..scheme() });
    assert!(sixteen > eight + 3.0, "{sixteen} {eight}");
}

#[test]
fn single_layers_have_their_own_precision() {
    let graph = network();
    let layers = BTreeMap::from([(0, Precision::Int16), (3, Precision::Float32)]);
    let (quantised, _) = check(&graph, &Scheme { layers, ..scheme() });
    let dtype = |node: usize| {
        let id = quantised.stand_ins[graph.nodes()[node].outputs[0].index()].unwrap();
        quantised.graph.value(id).ty.dtype
    };
    assert_eq!([0, 1, 2, 3].map(dtype), [DType::I16, DType::I8, DType::I8, DType::F32]);
}

#[test]
fn ports_are_integers_unless_asked_otherwise() {
    let graph = network();
    let (statistics, _) = observe(&graph);
    let ports = |float_ports| {
        let made =
            quantise(&graph, &statistics, &Scheme { float_ports, ..scheme() }).unwrap().graph;
        [made.inputs()[0], made.outputs()[0]].map(|id| made.value(id).ty.dtype)
    };
    assert_eq!(ports(false), [DType::I8; 2]);
    assert_eq!(ports(true), [DType::F32; 2]);
}

#[test]
fn what_has_no_integer_form_stays() {
    let mut b = Builder::new();
    let x = b.input(&[1, 40]);
    let x = b.dense(x, 8);
    let x = b.function(Function::Sin, x);
    let y = b.dense(x, 4);
    let graph = b.finish(&[y]);
    let (quantised, layers) = check(&graph, &scheme());
    assert_eq!(quantised.left_real.len(), 1);
    assert_eq!(quantised.left_real[0].node, 1);
    assert!(quantised.left_real[0].reason.contains("not supported"), "{:?}", quantised.left_real);
    assert!(layers[2].unwrap().total.decibels() > 25.0);
}

/// A state is a float, whatever computes it.
#[test]
fn states_stay_floats() {
    let mut b = Builder::new();
    let x = b.input(&[1, 8]);
    let ty = plain(DType::F32, &[1, 8]);
    let state = b.graph.add_state("memory", ty, Data::F32(vec![0.0; 8]));
    let both = b.op(Concatenation { axis: 1 }, &[x, state]);
    let after = b.dense(both, 8);
    b.graph.set_state(state, after);
    let graph = b.finish(&[after]);
    let (statistics, _) = observe(&graph);
    let made =
        quantise(&graph, &statistics, &Scheme { float_ports: false, ..scheme() }).unwrap().graph;
    let state = &made.states()[0];
    assert_eq!([state.before, state.after].map(|id| made.value(id).ty.dtype), [DType::F32; 2]);
    assert_eq!(made.value(made.outputs()[0]).ty.dtype, DType::I8);
}

#[test]
fn corrected_biases_keep_the_mean() {
    let mut b = Builder::new();
    let x = b.input(&[1, 400]);
    let x = b.function(Function::Abs, x);
    let y = b.dense(x, 16);
    let graph = b.finish(&[y]);
    let drift = |correct_bias| {
        let (statistics, floats) = observe(&graph);
        // 16 bits, so that the rounding of outputs does not hide that of weights.
        let scheme = Scheme { correct_bias, precision: Precision::Int16, ..scheme() };
        let quantised = quantise(&graph, &statistics, &scheme).unwrap();
        let mut sums = [0f64; 16];
        for (inputs, floats) in samples(&graph).iter().zip(&floats) {
            let values = eval::evaluate(&quantised.graph, inputs).unwrap();
            let found = eval::outputs(&quantised.graph, &values);
            let exact = eval::outputs(&graph, floats);
            let pairs = found[0].get::<f32>().iter().zip(exact[0].get::<f32>());
            sums.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum += f64::from(a - b));
        }
        sums.iter().map(|sum| (sum / SAMPLES as f64).powi(2)).sum::<f64>()
    };
    assert!(drift(true) < drift(false) / 10.0, "{} {}", drift(true), drift(false));
}

/// The first channel is a hundred times as large as the others.
fn uneven() -> Graph {
    let mut b = Builder::new();
    let x = b.input(&[1, 8, 8, 2]);
    let x = b.conv(x, 4, Activation::Relu);
    let filter = b.graph.nodes()[0].inputs[1];
    let mut weights = b.graph.value(filter).constant.as_ref().unwrap().get::<f32>().to_vec();
    weights[..18].iter_mut().for_each(|weight| *weight *= 100.0);
    b.graph.make_constant(filter, Data::F32(weights));
    let x = b.depthwise(x);
    let y = b.conv(x, 4, Activation::None);
    b.finish(&[y])
}

#[test]
fn equalised_channels_compute_the_same_and_lose_less() {
    let graph = uneven();
    let (statistics, floats) = observe(&graph);
    let mut equalised = graph.clone();
    assert_eq!(equalise(&mut equalised, &statistics), 2);
    let after = observe(&equalised).1;
    let output = graph.outputs()[0].index();
    for (before, after) in floats.iter().zip(&after) {
        let numbers = |values: &Values| values[output].as_ref().unwrap().get::<f32>().to_vec();
        assert!(Noise::of(&numbers(before), &numbers(after)).decibels() > 100.0);
    }
    // Seen from the small channels: the large one's weights in the last layer are scaled down.
    let (before, after) = (decibels(&graph, &scheme()), decibels(&equalised, &scheme()));
    assert!(after > before - 0.5, "{after} {before}");
}

#[test]
fn vast_biases_make_weights_coarser() {
    let mut b = Builder::new();
    let x = b.input(&[1, 4]);
    let y = b.dense(x, 2);
    let bias = b.graph.nodes()[0].inputs[2];
    b.graph.make_constant(bias, Data::F32(vec![1e9, -1.0]));
    let graph = b.finish(&[y]);
    let (statistics, _) = observe(&graph);
    let made =
        quantise(&graph, &statistics, &Scheme { float_ports: false, ..scheme() }).unwrap().graph;
    let values = eval::evaluate(&made, &[Data::I8(vec![1, 2, 3, 4])]).unwrap();
    let found =
        noise::numbers(&made.value(made.outputs()[0]).ty, &eval::outputs(&made, &values)[0]);
    let first = found.unwrap()[0];
    assert!((first / 1e9 - 1.0).abs() < 0.02, "{first}");
}

#[test]
fn infinite_values_are_named() {
    let mut b = Builder::new();
    let x = b.input(&[1, 4]);
    let y = b.function(Function::Exp, x);
    let graph = b.finish(&[y]);
    let mut statistics = Statistics::new(&graph);
    let values = eval::evaluate(&graph, &[Data::F32(vec![1.0, 1e6, 0.0, 0.0])]).unwrap();
    let problem = statistics.observe(&graph, &values).unwrap_err();
    assert!(problem.to_string().contains("`layer0` is infinite"), "{problem}");
}

#[test]
fn shapes_of_scalars_are_no_obstacle() {
    let mut b = Builder::new();
    let x = b.graph.add_input("in", crate::tensor::TensorType::plain(DType::F32, Shape::scalar()));
    let y = b.function(Function::Tanh, x);
    let graph = b.finish(&[y]);
    assert!(decibels(&graph, &scheme()) > 20.0);
}

#[test]
fn only_floats_become_twins() {
    let mut b = Builder::new();
    let x = b.graph.add_input("in", plain(DType::I32, &[4]));
    let y = b.function(Function::Neg, x);
    let graph = b.finish(&[y]);
    assert_eq!(prepare(&graph).unwrap().nodes()[0].op.name(), "NEG");
}

#[test]
fn reasons_name_the_integers() {
    let mut b = Builder::new();
    let x = b.input(&[1, 8]);
    let x = b.dense(x, 8);
    let y = b.function(Function::Gelu { approximate: false }, x);
    let graph = b.finish(&[y]);
    let (quantised, _) = check(&graph, &Scheme { precision: Precision::Int16, ..scheme() });
    assert_eq!(quantised.left_real[0].reason, "no interpreter has it for int16");
}

/// A table whose last row no sample reads: the row keeps its numbers, and results tell the loss.
#[test]
fn tables_are_quantised_as_a_whole() {
    let mut b = Builder::new();
    let index = b.graph.add_input("in", plain(DType::I32, &[2]));
    let table = plain(DType::F32, &[3, 2]);
    let table =
        b.graph.add_constant("table", table, Data::F32(vec![0.1, -0.2, 0.3, 0.1, 8.0, 4.0]));
    let y = b.op(Gather::Axis { axis: 0, batch_dims: 0 }, &[table, index]);
    let graph = b.finish(&[y]);
    assert_eq!(judged(&graph), [y]);
    let mut statistics = Statistics::new(&graph);
    let values = eval::evaluate(&graph, &[Data::I32(vec![0, 1])]).unwrap();
    statistics.observe(&graph, &values).unwrap();
    let made = quantise(&graph, &statistics, &scheme()).unwrap().graph;
    let values = eval::evaluate(&made, &[Data::I32(vec![2, 0])]).unwrap();
    let found = eval::outputs(&made, &values)[0].get::<f32>().to_vec();
    assert!((found[0] - 8.0).abs() < 0.05 && (found[1] - 4.0).abs() < 0.05, "{found:?}");
}

/// Loss of a dense layer whose weights, bias and samples are multiplied by `factor`.
fn check_magnitude(factor: f32) {
    let mut b = Builder::new();
    let x = b.input(&[1, 8]);
    let y = b.dense(x, 4);
    for operand in [1, 2] {
        let id = b.graph.nodes()[0].inputs[operand];
        let numbers = b.graph.value(id).constant.as_ref().unwrap().get::<f32>().to_vec();
        b.graph.make_constant(id, Data::F32(numbers.iter().map(|x| x * factor).collect()));
    }
    let graph = b.finish(&[y]);
    let mut statistics = Statistics::new(&graph);
    for inputs in samples(&graph) {
        let scaled = inputs[0].get::<f32>().iter().map(|x| x * factor).collect();
        let values = eval::evaluate(&graph, &[Data::F32(scaled)]).unwrap();
        statistics.observe(&graph, &values).unwrap();
    }
    for correct_bias in [false, true] {
        let made = quantise(&graph, &statistics, &Scheme { correct_bias, ..scheme() });
        assert!(made.is_ok(), "{factor}: {made:?}");
    }
}

#[test]
fn tiny_and_vast_numbers_are_taken() {
    for factor in [1e-38, 1e-30, 1e-20, 1e-10, 1e10, 1e18] {
        check_magnitude(factor);
    }
}

#[test]
fn infinite_weights_stay() {
    let mut b = Builder::new();
    let x = b.input(&[1, 1]);
    let filter = b.constant(&[2, 1]);
    b.graph.make_constant(filter, Data::F32(vec![f32::INFINITY; 2]));
    let (activation, rounding) = (Activation::Relu6, Rounding::Tflm);
    let y = b.op(FullyConnected { activation, keep_dims: false, rounding }, &[x, filter]);
    let graph = b.finish(&[y]);
    let (statistics, _) = observe(&graph);
    let made = quantise(&graph, &statistics, &scheme()).unwrap();
    assert_eq!(made.left_real[0].reason, "its weights are not finite constants");
}

#[test]
fn what_is_no_number_is_the_worst_noise() {
    let noise = Noise::of(&[1.0, 2.0], &[1.0, f32::NAN]);
    assert_eq!((noise.noise, noise.decibels()), (f64::INFINITY, -200.0));
    assert!(Noise::of(&[f32::INFINITY], &[f32::INFINITY]).decibels() <= -200.0);
}
