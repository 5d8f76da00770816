//! Passes and planner on real models: no element of a value that survives the passes changes, and
//! every plan is optimal.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and print")]

use std::path::{Path, PathBuf};

use smidgen_compiler::eval::{Values, evaluate};
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::passes;
use smidgen_compiler::plan;
use smidgen_compiler::tensor::Data;
use smidgen_compiler::{Compiled, compile};
use smidgen_target::Features;

fn read(path: &Path) -> Graph {
    let options = ReadOptions { name: "model".to_owned(), ..ReadOptions::default() };
    frontend::read(&std::fs::read(path).unwrap(), &options).unwrap()
}

fn run(graph: &Graph) -> Values {
    let mut random = Random::new(1);
    let types = graph.inputs().iter().map(|&id| &graph.value(id).ty);
    let inputs: Vec<Data> = types.map(|ty| random.data(ty.dtype, ty.shape.elements())).collect();
    evaluate(graph, &inputs).unwrap()
}

/// Optimises a model and compares every value that is left with the original.
fn check(path: &Path) {
    let before = read(path);
    let mut after = before.clone();
    passes::run(&mut after, passes::ALL).unwrap();
    assert_eq!(passes::run(&mut after.clone(), passes::ALL).unwrap(), []);

    let ports = |graph: &Graph| {
        let ids = graph.inputs().iter().chain(graph.outputs());
        ids.map(|&id| graph.value(id).clone()).collect::<Vec<_>>()
    };
    assert_eq!(ports(&before), ports(&after));
    let (expected, actual) = (run(&before), run(&after));
    for node in after.nodes() {
        // A pass may add values, such as one with its axes permuted.
        for id in node.outputs.iter().filter(|id| id.index() < expected.len()) {
            assert_eq!(actual[id.index()], expected[id.index()], "{}", node.name);
        }
    }
}

/// Requires a plan that is proven optimal.
fn check_plan(path: &Path) {
    let mut graph = read(path);
    passes::run(&mut graph, passes::ALL).unwrap();
    let Compiled { problem, solution, .. } =
        compile(graph, &Features::default(), plan::ALL[0]).unwrap();
    plan::validate(&problem, &solution).unwrap();
    assert!(solution.is_optimal(), "{}", path.display());
}

fn check_bundled(name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name);
    check(&path);
    check_plan(&path);
}

fn check_shared(folder: &str) {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("SMIDGEN_TEST_DATA").map_or_else(beside, PathBuf::from);
    let folder = root.join("models").join(folder);
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: `{}` is absent; set SMIDGEN_TEST_DATA", folder.display());
        return;
    };
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tflite") {
            check(&path);
            check_plan(&path);
        }
    }
}

#[test]
fn the_small_autoencoder() {
    check_bundled("autoencoder_small.tflite");
}

#[test]
fn the_small_image_classifier() {
    check_bundled("ic_small.tflite");
}

#[test]
fn the_small_keyword_spotter() {
    check_bundled("kws_small.tflite");
}

#[test]
fn a_model_of_many_operators() {
    check_bundled("mixed_int8.tflite");
}

#[test]
fn a_float_model() {
    check_bundled("mlp_float.tflite");
}

#[test]
fn the_models_of_mlperf_tiny() {
    check_shared("mlperf-tiny");
}

#[test]
fn the_models_of_u_toe() {
    check_shared("u-toe");
}
