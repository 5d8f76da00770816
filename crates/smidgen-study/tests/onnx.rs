//! Networks in ONNX, as floats and quantised in both ways of the format: the graphs that they become, the
//! reference against onnxruntime's outputs, and generated code against the reference.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::{DType, Data};
use smidgen_study::report::Verdict;
use smidgen_study::{Model, Recipe, Sample, arrays};
use std::path::PathBuf;
use support::{root, workbench};

/// How activations and weights are quantised.
const SCHEMES: [&str; 3] = ["int8", "uint8", "uint8_whole"];
const FORMS: [&str; 2] = ["qdq", "qoperator"];

fn folder() -> PathBuf {
    root().join("tests/fixtures/onnx/networks")
}

fn load(name: &str) -> Model {
    let path = folder().join(format!("{name}.onnx"));
    Model::load(&path, &Recipe::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn names() -> Vec<String> {
    let quantised = SCHEMES.iter().flat_map(|scheme| FORMS.map(|form| format!("{scheme}_{form}")));
    let all = ["float".to_owned()].into_iter().chain(quantised);
    all.map(|name| format!("separable_{name}")).collect()
}

/// The samples of an array of floats, which has an axis for them.
fn floats(name: &str) -> Vec<Vec<f32>> {
    let array =
        arrays::read(&folder().join("separable.npz"), &[name.to_owned()]).unwrap().remove(0);
    let length = array.data.len() / array.shape[0];
    array.data.get::<f32>().chunks(length).map(<[f32]>::to_vec).collect()
}

fn samples() -> Vec<Sample> {
    floats("in0").into_iter().map(|sample| vec![Data::F32(sample)]).collect()
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
    for scheme in SCHEMES {
        let [a, b] = FORMS.map(|form| nameless(&load(&format!("separable_{scheme}_{form}")).graph));
        assert_eq!(a, b, "{scheme}");
    }
}

#[test]
fn quantised_networks_compute_in_integers() {
    for name in names().into_iter().filter(|name| !name.ends_with("float")) {
        let graph = load(&name).graph;
        let dtypes = |node: &smidgen_compiler::graph::Node| {
            [node.inputs[0], node.outputs[0]].map(|id| graph.value(id).ty.dtype)
        };
        let count = graph.nodes().len();
        let inner = graph.nodes()[1..count - 1].iter();
        assert!(count > 8 && inner.map(dtypes).all(|ends| ends == [DType::I8; 2]), "{name}");
    }
}

#[test]
fn the_reference_is_near_onnxruntime() {
    let workbench = workbench();
    for name in names() {
        let model = load(&name);
        let last = model.graph.nodes().last().unwrap();
        // A step of the integers from which the outputs come; onnxruntime adds up floats or rounds their
        // products, and smidgen computes as TFLite Micro does.
        let step = graph_step(&model.graph, last.inputs[0]).map_or(1e-5, |step| 1.001 * step);
        let results = workbench.reference(&model, &samples()).unwrap();
        for (result, wanted) in results.iter().zip(floats(&name)) {
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
                workbench.evaluate(&model, board, &recipe, &samples()[..2], &|_| ()).unwrap();
            let verdict = evaluation.report.verdict;
            assert_ne!(verdict, Verdict::Wrong, "{name} on {}", board.name);
        }
    }
}
