//! Whole models: outputs and every layer against the oracles' vectors, on every target.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use smidgen_compiler::eval;
use smidgen_compiler::tensor::{DType, Data, Rounding};
use smidgen_study::compare::{Comparison, compare};
use smidgen_study::report::Verdict;
use smidgen_study::{Model, Recipe};
use smidgen_target::{Board, Feature};
use support::{Golden, bundled, public, workbench};

/// Tolerance of a dynamic-range model: the oracle rounds its activations to int8, smidgen does not.
const DYNAMIC_TOLERANCE: f64 = 0.02;

fn dynamic(golden: &Golden) -> bool {
    golden.name() == "kws_ref_model_float32"
}

/// The same for a single layer, whose values reach further than the probabilities of an output.
const DYNAMIC_LAYER_TOLERANCE: f64 = 0.05;

#[track_caller]
fn check(golden: &Golden, what: &str, comparison: &Comparison) {
    check_within(golden, what, comparison, DYNAMIC_TOLERANCE);
}

#[track_caller]
fn check_layer(golden: &Golden, what: &str, comparison: &Comparison) {
    check_within(golden, what, comparison, DYNAMIC_LAYER_TOLERANCE);
}

#[track_caller]
fn check_within(golden: &Golden, what: &str, comparison: &Comparison, dynamic_tolerance: f64) {
    let tolerated = dynamic(golden) && comparison.max_difference <= dynamic_tolerance;
    assert!(
        comparison.verdict != Verdict::Wrong || tolerated,
        "{}: {what}: {comparison:?}",
        golden.name()
    );
}

/// The vectors that a rounding profile must reproduce.
fn expected(golden: &Golden, model: &Model, rounding: Rounding) -> Vec<Vec<Data>> {
    let oracle = match rounding {
        Rounding::Tflm => "tflm",
        Rounding::Litert | Rounding::Onnx => "litert_ref",
    };
    let outputs = golden.outputs(model, oracle).or_else(|| golden.outputs(model, "litert_ref"));
    outputs.expect("one oracle takes every model")
}

fn check_outputs(golden: &Golden, what: &str, expected: &[Vec<Data>], actual: &[Vec<Data>]) {
    assert_eq!(expected.len(), actual.len());
    for port in 0..expected[0].len() {
        let expected: Vec<_> = expected.iter().map(|sample| &sample[port]).collect();
        let actual: Vec<_> = actual.iter().map(|sample| &sample[port]).collect();
        check(golden, &format!("{what}, output {port}"), &compare(&expected, &actual));
    }
}

fn reference_equals_oracles(golden: &Golden) {
    for rounding in [Rounding::Tflm, Rounding::Litert] {
        let model = golden.load(rounding);
        let samples = golden.samples(&model);
        let expected = expected(golden, &model, rounding);
        for (what, graph) in [("as imported", &model.source), ("optimised", &model.graph)] {
            let outputs =
                |sample: &Vec<Data>| eval::outputs(graph, &eval::evaluate(graph, sample).unwrap());
            let actual: Vec<_> = samples.par_iter().map(outputs).collect();
            check_outputs(golden, &format!("{rounding:?} {what}"), &expected, &actual);
        }
    }
}

/// Every layer of the optimised graph that the oracle's file knows, fed the oracle's own input.
fn layers_equal_oracle(golden: &Golden) {
    let model = golden.load(Rounding::Litert);
    let values = golden.layer_values(&model);
    let mut checked = 0;
    for node in model.graph.nodes() {
        let known = |id: &smidgen_compiler::graph::ValueId| values[id.index()].is_some();
        if !node.inputs.iter().chain(&node.outputs).all(known) {
            continue;
        }
        for (&id, data) in node.outputs.iter().zip(eval::evaluate_node(&model.graph, node, &values))
        {
            let oracle = values[id.index()].as_deref().expect("known");
            check_layer(golden, &node.name, &compare(&[oracle], &[&data]));
        }
        checked += 1;
    }
    let missing: Vec<_> = graph_names_without(&model, &values);
    let nodes = model.graph.nodes().len();
    assert_eq!(checked, nodes, "{}: no vectors of {missing:?}", golden.name());
}

fn graph_names_without(model: &Model, values: &eval::Values) -> Vec<String> {
    let pairs = model.graph.values().iter().zip(values);
    pairs.filter(|(_, data)| data.is_none()).map(|(value, _)| value.name.clone()).collect()
}

/// The generated C computes every layer from the oracle's own input as the oracle does.
fn generated_layers_equal_oracle(golden: &Golden, boards: &[&str]) {
    let workbench = workbench();
    let recipe = Recipe { rounding: Some(Rounding::Litert), ..Recipe::default() };
    let model = golden.load(Rounding::Litert);
    let values = golden.layer_values(&model);
    for board in boards {
        let board = workbench.board(board).unwrap();
        let compiled = workbench.compile(&model, board, &recipe).unwrap();
        let report =
            workbench.verify_layers(&compiled, board, &recipe, std::slice::from_ref(&values));
        for layer in report.unwrap().layers {
            check_layer(golden, &format!("{} on {}", layer.name, board.name), &layer.comparison);
        }
    }
}

/// Whole inferences on every board give the oracle's outputs.
fn targets_equal_oracles(golden: &Golden) {
    let workbench = workbench();
    let boards: Vec<_> = workbench.runnable_boards().collect();
    for rounding in [Rounding::Tflm, Rounding::Litert] {
        let recipe = Recipe { rounding: Some(rounding), ..Recipe::default() };
        let model = golden.load(rounding);
        if rounding == Rounding::Litert && model.graph == golden.load(Rounding::Tflm).graph {
            continue;
        }
        let all_samples = golden.samples(&model);
        let expected = expected(golden, &model, rounding);
        boards.par_iter().for_each(|board| {
            let samples = match emulated_samples(&model, board) {
                0 => return,
                n => &all_samples[..n.min(all_samples.len())],
            };
            let what = format!("{rounding:?} on {}", board.name);
            let actual = workbench
                .infer(&model, board, &recipe, samples)
                .unwrap_or_else(|e| panic!("{} {what}: {e}", golden.name()));
            check_outputs(golden, &what, &expected[..samples.len()], &actual);
        });
    }
}

/// Multiply-accumulate operations in software floating point that the emulator is given per model
/// and core; one takes it about a hundred instructions.
const SOFT_FLOAT_MACS: u64 = 80_000_000;

/// Number of samples to run. All of them, but for float models on cores that emulate floats in
/// software: there as many as fit the budget. None is a model that alone exceeds it, which is said.
fn emulated_samples(model: &Model, board: &Board) -> usize {
    let graph = &model.graph;
    let is_float = graph.inputs().iter().any(|&id| graph.value(id).ty.dtype == DType::F32)
        && graph.nodes().iter().any(|node| {
            node.inputs.iter().any(|&id| {
                let value = graph.value(id);
                value.constant.is_some() && value.ty.dtype == DType::F32
            })
        });
    let has_unit = board.core.features.contains(Feature::FpuSingle) || board.name == "host";
    if !is_float || has_unit {
        return usize::MAX;
    }
    let macs = model.report().macs.max(1);
    let samples = SOFT_FLOAT_MACS / macs;
    if samples == 0 {
        eprintln!(
            "skipped: {} on {}: {macs} MACs in software floating point; \
             `smidgen verify MODEL --board {}` runs them",
            model.name, board.name, board.name
        );
    }
    samples as usize
}

#[test]
fn the_reference_equals_the_oracles() {
    let goldens: Vec<_> = bundled().into_iter().chain(public()).collect();
    goldens.par_iter().for_each(reference_equals_oracles);
}

#[test]
fn every_layer_equals_the_oracle() {
    let goldens: Vec<_> = bundled().into_iter().chain(public()).collect();
    goldens.par_iter().for_each(layers_equal_oracle);
}

#[test]
fn every_generated_layer_equals_the_oracle() {
    let goldens: Vec<_> = bundled().into_iter().chain(public()).collect();
    let check = |golden| generated_layers_equal_oracle(golden, &["host", "qemu-m4"]);
    goldens.par_iter().for_each(check);
}

#[test]
fn bundled_models_run_on_every_board() {
    bundled().iter().for_each(targets_equal_oracles);
}

#[test]
fn public_models_run_on_every_board() {
    public().iter().for_each(targets_equal_oracles);
}
