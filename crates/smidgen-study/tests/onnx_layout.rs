//! Networks in ONNX with channels second: how little of their order of axes is left, the reference against
//! onnxruntime's outputs, and generated code against the reference.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::Data;
use smidgen_study::report::Verdict;
use smidgen_study::{Model, Recipe, arrays};
use std::path::PathBuf;
use support::{root, workbench};

fn path(file: &str) -> PathBuf {
    root().join("tests/fixtures/onnx/layout").join(file)
}

fn load(name: &str, channels_last: bool) -> Model {
    let recipe = Recipe { channels_last, ..Recipe::default() };
    Model::load(&path(&format!("{name}.onnx")), &recipe).unwrap_or_else(|e| panic!("{e}"))
}

fn array(name: &str) -> Data {
    arrays::read(&path("layout.npz"), &[name.to_owned()]).unwrap().remove(0).data
}

/// How many steps of a kind a graph has.
fn count(graph: &Graph, kind: &str) -> usize {
    graph.nodes().iter().filter(|node| node.op.name() == kind).count()
}

/// Requires the numbers of transpositions and of products per channel that are left, and of
/// transpositions where images have their channels last; outputs near onnxruntime's; and generated code
/// that computes the same.
fn check(name: &str, transposes: usize, scales: usize, with_channels_last: usize) {
    let model = load(name, false);
    let found = |model: &Model| count(&model.graph, "TRANSPOSE");
    assert_eq!(found(&model), transposes, "{}", model.graph);
    assert_eq!(found(&load(name, true)), with_channels_last, "{name} with channels last");
    assert_eq!(count(&model.graph, "MUL"), scales, "{}", model.graph);
    let workbench = workbench();
    let sample = vec![array(&format!("{name}_x"))];
    let result = workbench.reference(&model, std::slice::from_ref(&sample)).unwrap().remove(0);
    match (&result[0], &array(&format!("{name}_y"))) {
        (Data::F32(found), Data::F32(wanted)) => {
            let far = |(a, b): (&f32, &f32)| (a - b).abs() > 1e-4 * (1.0 + b.abs());
            let place = found.iter().zip(wanted).position(far);
            assert_eq!((place, found.len()), (None, wanted.len()), "{found:?} {wanted:?}");
        }
        (found, wanted) => assert_eq!(found, wanted),
    }
    for board in ["host", "qemu-m4"] {
        let (board, recipe) = (workbench.board(board).unwrap(), Recipe::default());
        let samples = std::slice::from_ref(&sample);
        let evaluation = workbench.evaluate(&model, board, &recipe, samples, &|_| ()).unwrap();
        assert_ne!(evaluation.report.verdict, Verdict::Wrong, "{name} on {}", board.name);
    }
}

/// The lists of boxes begin with the anchor, which comes last in the convolutions before them.
#[test]
fn boxes() {
    check("boxes", 3, 0, 2);
}

#[test]
fn inception() {
    check("inception", 1, 0, 0);
}

/// An image of one channel has its channel first and last.
#[test]
fn keywords() {
    check("keywords", 0, 0, 0);
}

#[test]
fn mobilenet() {
    check("mobilenet", 1, 0, 0);
}

/// Heads of an attention are transposed in truth.
#[test]
fn patches() {
    check("patches", 5, 0, 4);
}

/// Pixels that come out of channels are moved in truth.
#[test]
fn pixels() {
    check("pixels", 3, 0, 3);
}

#[test]
fn resnet() {
    check("resnet", 1, 0, 0);
}

/// Shuffles are transpositions in truth.
#[test]
fn shuffle() {
    check("shuffle", 3, 0, 2);
}

#[test]
fn sound() {
    check("sound", 1, 0, 1);
}

/// Two products are the network's own: of a swish, and of the factors.
#[test]
fn squeeze() {
    check("squeeze", 1, 2, 0);
}

/// An image goes in and one comes out.
#[test]
fn unet() {
    check("unet", 2, 0, 0);
}

/// Reading a model twice gives the same graph, and its inputs keep their names.
#[test]
fn inputs_keep_their_names() {
    let bytes = std::fs::read(path("unet.onnx")).unwrap();
    for channels_last in [false, true] {
        let options = ReadOptions { channels_last, ..ReadOptions::default() };
        let graph = frontend::read(&bytes, &options).unwrap();
        let dims = |id: &smidgen_compiler::graph::ValueId| {
            (graph.value(*id).name.clone(), graph.value(*id).ty.shape.dims().to_vec())
        };
        let (x, y) = if channels_last {
            (vec![1, 16, 16, 2], vec![1, 32, 32, 3])
        } else {
            (vec![1, 2, 16, 16], vec![1, 3, 32, 32])
        };
        let inputs: Vec<_> = graph.inputs().iter().map(dims).collect();
        assert_eq!(inputs, [("x".to_owned(), x)]);
        assert_eq!(dims(&graph.outputs()[0]).1, y);
    }
}
