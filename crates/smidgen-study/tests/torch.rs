//! Networks that PyTorch exported to ONNX, by both of its exporters: the reference, and generated code on
//! this computer and on emulated cores, against PyTorch's own results.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::Data;
use smidgen_study::{Model, Recipe, Sample, arrays};
use std::path::{Path, PathBuf};
use support::{root, workbench};

/// How far a result may be from PyTorch's, as a part of the range of these.
const TOLERANCE: f32 = 1e-5;

/// The files, or those whose names contain one of the texts that `SMIDGEN_ONLY` lists.
fn files() -> Vec<PathBuf> {
    let only = std::env::var("SMIDGEN_ONLY").ok();
    let folder = std::fs::read_dir(root().join("tests/fixtures/torch")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    files.sort();
    assert!(files.len() > 16);
    let chosen = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy();
        only.as_ref().is_none_or(|only| only.split(',').any(|text| name.contains(text)))
    };
    files.into_iter().filter(chosen).collect()
}

fn load(path: &Path) -> Model {
    Model::load(path, &Recipe::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The vectors of a network, which its files share.
fn vectors(path: &Path) -> PathBuf {
    let name = path.file_stem().unwrap().to_string_lossy();
    let (network, _) = name.rsplit_once('_').unwrap();
    path.with_file_name(format!("{network}.npz"))
}

/// PyTorch's results by sample.
fn expected(graph: &Graph, path: &Path) -> Vec<Vec<Data>> {
    let types: Vec<_> = graph.outputs().iter().map(|&id| &graph.value(id).ty).collect();
    let names: Vec<String> = (0..types.len()).map(|port| format!("out{port}")).collect();
    let columns: Vec<Vec<Data>> = (arrays::read(path, &names).unwrap().iter())
        .zip(types.iter().zip(&names))
        .map(|(array, (ty, name))| arrays::samples(array, name, ty).unwrap())
        .collect();
    (0..columns[0].len()).map(|at| columns.iter().map(|c| c[at].clone()).collect()).collect()
}

/// How far results are from the expected ones, as a part of the range of these.
fn distance(actual: &[Vec<Data>], expected: &[Vec<Data>]) -> f32 {
    assert_eq!(actual.len(), expected.len());
    let mut most = 0f32;
    for (actual, expected) in actual.iter().flatten().zip(expected.iter().flatten()) {
        let (actual, expected) = (actual.get::<f32>(), expected.get::<f32>());
        assert_eq!(actual.len(), expected.len());
        let size = expected.iter().fold(0f32, |most, x| most.max(x.abs()));
        let pairs = actual.iter().zip(expected);
        let difference =
            pairs.fold(
                0f32,
                |most, (a, b)| {
                    if a.is_nan() { f32::INFINITY } else { most.max((a - b).abs()) }
                },
            );
        most = most.max(difference / size);
    }
    most
}

/// A model with its samples and PyTorch's results.
struct Network {
    name: String,
    model: Model,
    samples: Vec<Sample>,
    expected: Vec<Vec<Data>>,
}

impl Network {
    fn load(path: &Path) -> Self {
        let (model, vectors) = (load(path), vectors(path));
        let samples = support::file_samples(&model.source, &vectors);
        let expected = expected(&model.source, &vectors);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Self { name, model, samples, expected }
    }

    /// Where results on `board`, or the reference's, are too far away.
    fn check(&self, board: Option<&str>) -> Option<String> {
        let workbench = workbench();
        let actual = match board {
            Some(board) => {
                let board = workbench.board(board).unwrap();
                workbench.infer(&self.model, board, &Recipe::default(), &self.samples)
            }
            None => workbench.reference(&self.model, &self.samples),
        };
        let place = board.unwrap_or("the reference");
        match actual {
            Ok(actual) => {
                let distance = distance(&actual, &self.expected);
                let text = format!("{} on {place}: {distance}", self.name);
                (distance > TOLERANCE).then_some(text)
            }
            Err(error) => Some(format!("{} on {place}: {error}", self.name)),
        }
    }
}

#[track_caller]
fn check(board: Option<&str>) {
    let check = |path: &PathBuf| Network::load(path).check(board);
    let problems: Vec<String> = files().par_iter().filter_map(check).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_reference_is_near_pytorch() {
    check(None);
}

#[test]
fn generated_code_on_this_computer_is_near_pytorch() {
    check(Some("host"));
}

#[test]
fn generated_code_on_a_cortex_m4_is_near_pytorch() {
    check(Some("qemu-m4"));
}

#[test]
fn generated_code_on_risc_v_is_near_pytorch() {
    check(Some("qemu-rv32imc"));
}

/// Requires a file to become a graph with so many operators of a name.
#[track_caller]
fn check_count(file: &str, operator: &str, count: usize) {
    let path = root().join(format!("tests/fixtures/torch/{file}.onnx"));
    let graph = load(&path).graph;
    let names: Vec<_> = graph.nodes().iter().map(|node| node.op.name()).collect();
    assert_eq!(names.iter().filter(|name| **name == operator).count(), count, "{names:?}");
}

#[test]
fn recurrent_layers_are_one_step() {
    check_count("lstm_dynamo", "UNIDIRECTIONAL_SEQUENCE_LSTM", 1);
    check_count("lstm_legacy", "UNIDIRECTIONAL_SEQUENCE_LSTM", 1);
    check_count("bidirectional_legacy", "BIDIRECTIONAL_SEQUENCE_LSTM", 1);
    check_count("gru_dynamo", "GRU", 2);
    check_count("rnn_legacy", "BIDIRECTIONAL_SEQUENCE_RNN", 2);
}

#[test]
fn gelu_is_recognised() {
    check_count("transformer_dynamo", "GELU", 1);
    check_count("transformer_legacy", "GELU", 1);
    check_count("transformer_legacy", "ERF", 0);
    check_count("conv1d_legacy", "GELU", 1);
    check_count("conv1d_legacy", "TANH", 0);
}
