//! Networks in ONNX, as floats and quantised in both ways of the format: the graphs that they become, the
//! reference against onnxruntime's outputs, and generated code against the reference.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_compiler::graph::{Graph, ValueId};
use smidgen_compiler::tensor::{DType, Data, Rounding};
use smidgen_study::report::Verdict;
use smidgen_study::{Model, Recipe, Sample, arrays};
use std::path::PathBuf;
use support::{root, workbench};

const NETWORKS: [&str; 4] = ["separable", "gated", "sequence", "attention"];
/// How activations and weights are quantised.
const SCHEMES: [&str; 3] = ["int8", "uint8", "uint8_whole"];
const FORMS: [&str; 2] = ["qdq", "qoperator"];

fn folder() -> PathBuf {
    root().join("tests/fixtures/onnx/networks")
}

fn load(name: &str) -> Model {
    load_as(name, None)
}

fn load_as(name: &str, rounding: Option<Rounding>) -> Model {
    let path = folder().join(format!("{name}.onnx"));
    let recipe = Recipe { rounding, ..Recipe::default() };
    Model::load(&path, &recipe).unwrap_or_else(|e| panic!("{e}"))
}

/// The names of all quantised networks of a form.
fn quantised(form: &str) -> Vec<String> {
    let of = |network| SCHEMES.map(|scheme| format!("{network}_{scheme}_{form}"));
    NETWORKS.iter().flat_map(of).collect()
}

fn names() -> Vec<String> {
    let floats = NETWORKS.map(|network| format!("{network}_float"));
    floats.into_iter().chain(FORMS.iter().flat_map(|form| quantised(form))).collect()
}

/// The archive with the tensors of a network.
fn archive(name: &str) -> PathBuf {
    folder().join(name.split('_').next().unwrap()).with_extension("npz")
}

/// The samples of an array of floats, which has an axis for them.
fn floats(name: &str, key: &str) -> Vec<Vec<f32>> {
    let array = arrays::read(&archive(name), &[key.to_owned()]).unwrap().remove(0);
    let length = array.data.len() / array.shape[0];
    array.data.get::<f32>().chunks(length).map(<[f32]>::to_vec).collect()
}

fn samples(name: &str) -> Vec<Sample> {
    floats(name, "in0").into_iter().map(|sample| vec![Data::F32(sample)]).collect()
}

/// A graph without names.
fn nameless(graph: &Graph) -> Vec<String> {
    let value = |id: &_| {
        let value = graph.value(*id);
        format!("{} {:?}", value.ty, value.constant)
    };
    let node = |node: &smidgen_compiler::graph::Node| {
        let inputs: Vec<String> = node.inputs.iter().map(value).collect();
        let outputs: Vec<String> = node.outputs.iter().map(value).collect();
        format!("{:?} {inputs:?} {outputs:?}", node.op)
    };
    graph.nodes().iter().map(node).collect()
}

#[test]
fn both_forms_become_one_graph() {
    for rounding in [None, Some(Rounding::Tflm)] {
        // In the other networks, onnxruntime gives means, probabilities and constants other scales in one
        // form than in the other.
        let alike = |name: &String| name.starts_with("separable") || name.starts_with("sequence");
        let graphs = |form| {
            let names = quantised(form).into_iter().filter(alike);
            names.map(|name| load_as(&name, rounding).graph)
        };
        for (a, b) in graphs("qdq").zip(graphs("qoperator")) {
            assert_eq!(nameless(&a), nameless(&b), "{} {rounding:?}", b.name);
        }
    }
}

#[test]
fn quantised_networks_compute_in_integers() {
    // A mean over windows with another scale is computed in floats.
    let names = FORMS.iter().flat_map(|form| quantised(form));
    for name in names.filter(|name| !name.starts_with("gated")) {
        let graph = load(&name).graph;
        let dtypes = |node: &smidgen_compiler::graph::Node| {
            [node.inputs[0], node.outputs[0]].map(|id| graph.value(id).ty.dtype)
        };
        let count = graph.nodes().len();
        let inner = graph.nodes()[1..count - 1].iter();
        assert!(count > 4 && inner.map(dtypes).all(|ends| ends == [DType::I8; 2]), "{name}");
    }
}

/// Elements of one layer that differ from onnxruntime's, whose inputs are onnxruntime's.
#[derive(Debug, PartialEq, Eq)]
struct Differing {
    model: String,
    operator: &'static str,
    elements: usize,
    /// The largest difference.
    steps: i64,
}

/// int8 for what is uint8 in the file.
fn as_in_graph(data: Data, computed: &Data) -> Data {
    match (computed, data) {
        (Data::I8(_), Data::U8(x)) => Data::I8(x.into_iter().map(|x| (x ^ 0x80) as i8).collect()),
        (_, data) => data,
    }
}

/// Differences of integers; 1 if other elements differ.
fn differences(computed: &Data, wanted: &Data) -> Vec<i64> {
    match computed.integers().zip(wanted.integers()) {
        Some((a, b)) => a.iter().zip(b).map(|(a, b)| (a - b).abs()).collect(),
        None => vec![i64::from(computed != wanted)],
    }
}

fn sorted(data: &Data) -> Option<Vec<i64>> {
    let mut integers = data.integers()?;
    integers.sort_unstable();
    Some(integers)
}

/// Elements with the second axis moved to the end.
fn channels_last(data: &Data, shape: &[usize]) -> Data {
    let &[batches, channels, ref inner @ ..] = shape else { return data.clone() };
    let places: usize = inner.iter().product();
    let order = (0..batches * places * channels).map(|index| {
        let (batch, place) = (index / (places * channels), index / channels % places);
        (batch * channels + index % channels) * places + place
    });
    match data {
        Data::I8(x) => Data::I8(order.map(|at| x[at]).collect()),
        Data::U8(x) => Data::U8(order.map(|at| x[at]).collect()),
        Data::F32(x) => Data::F32(order.map(|at| x[at]).collect()),
        other => other.clone(),
    }
}

/// All layers of a network of operators on integers that differ, and how many are equal.
fn layers(name: &str) -> (usize, Vec<Differing>) {
    let (source, mut equal, mut differing) = (load(name).source, 0, Vec::new());
    let path = archive(name);
    let stored = arrays::names(&path).unwrap();
    let mut values = vec![None; source.values().len()];
    values[source.inputs()[0].index()] = Some(samples(name).remove(0).remove(0));
    for node in source.nodes() {
        let site = source.site(node);
        let constant = |id: &ValueId| source.value(*id).constant.as_deref();
        let read = |id| constant(id).or(values[id.index()].as_ref()).unwrap();
        let computed = node.op.eval(&site, &node.inputs.iter().map(read).collect::<Vec<_>>());
        for (&id, computed) in node.outputs.iter().zip(computed) {
            let key = format!("{name}.{}", source.value(id).name);
            if !stored.contains(&key) {
                values[id.index()] = Some(computed);
                continue;
            }
            let wanted = arrays::read(&path, &[key]).unwrap().remove(0);
            // Channels are last where that saves transpositions.
            let orders = [channels_last(&wanted.data, &wanted.shape), wanted.data];
            let (mut wanted, mut steps) = orders
                .into_iter()
                .map(|wanted| {
                    let wanted = as_in_graph(wanted, &computed);
                    let steps = differences(&computed, &wanted);
                    (wanted, steps)
                })
                .min_by_key(|(_, steps)| steps.iter().filter(|&&steps| steps != 0).count())
                .unwrap();
            // A flat list of pixels may have them in the graph's order.
            if node.op.name() == "RESHAPE" && sorted(&computed) == sorted(&wanted) {
                (wanted, steps) = (computed, vec![0]);
            }
            let elements = steps.iter().filter(|&&steps| steps != 0).count();
            match steps.into_iter().max() {
                Some(steps) if steps > 0 => {
                    let (model, operator) = (name.to_owned(), node.op.name());
                    differing.push(Differing { model, operator, elements, steps });
                }
                _ => equal += 1,
            }
            values[id.index()] = Some(wanted);
        }
    }
    (equal, differing)
}

#[test]
fn layers_equal_those_of_onnxruntime() {
    let (mut equal, mut differing) = (0, Vec::new());
    for (right, wrong) in quantised("qoperator").iter().map(|name| layers(name)) {
        equal += right;
        differing.extend(wrong);
    }
    assert!(differing.is_empty(), "{differing:?}");
    assert!(equal > 80, "only {equal} layers have names in both");
}

#[test]
fn the_reference_is_near_onnxruntime() {
    let workbench = workbench();
    for name in names() {
        let model = load(&name);
        let last = model.graph.nodes().last().unwrap();
        // Operators on integers are computed to the bit; what lies between DequantizeLinear and
        // QuantizeLinear onnxruntime computes in floats, which sometimes gives the next integer.
        let step = graph_step(&model.graph, last.inputs[0]);
        let step = match step {
            Some(_) if name.ends_with("qoperator") && !name.starts_with("gated") => 0.0,
            Some(step) => 3.001 * step,
            None => 1e-5,
        };
        let results = workbench.reference(&model, &samples(&name)).unwrap();
        for (result, wanted) in results.iter().zip(floats(&name, &name)) {
            let pairs = result[0].get::<f32>().iter().zip(&wanted);
            let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(most <= step, "{name}: {most} exceeds {step}");
        }
    }
}

fn graph_step(graph: &Graph, value: smidgen_compiler::graph::ValueId) -> Option<f32> {
    graph.value(value).ty.quant.whole().map(|(scale, _)| scale)
}

#[test]
fn generated_code_equals_the_reference() {
    let workbench = workbench();
    for name in names() {
        let model = load(&name);
        for board in ["host", "qemu-m4", "qemu-rv32imc"] {
            let board = workbench.board(board).unwrap();
            let recipe = Recipe::default();
            let evaluation =
                workbench.evaluate(&model, board, &recipe, &samples(&name)[..2], &|_| ()).unwrap();
            let verdict = evaluation.report.verdict;
            assert_ne!(verdict, Verdict::Wrong, "{name} on {}", board.name);
        }
    }
}
