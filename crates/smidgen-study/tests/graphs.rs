//! Graphs that are hard though their operators are not: views, aliases, outputs that are read.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_compiler::tensor::Data;
use smidgen_study::report::Verdict;
use smidgen_study::{CustomSpec, Inputs, Model, Recipe};
use std::path::PathBuf;
use support::{root, workbench};

fn models(kind: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/fixtures/graphs").join(kind);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut models: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    models.sort();
    assert!(!models.is_empty());
    models
}

/// The C of a custom operator is the reference for itself, on this machine; the rest of the model is
/// checked as always.
#[test]
fn custom_operators_run_the_users_c() {
    let folder = root().join("tests/fixtures/graphs/custom");
    let customs = CustomSpec::load(&folder.join("operators.toml")).unwrap();
    let recipe = Recipe { customs, ..Recipe::default() };
    let path = folder.join("scaled_difference.tflite");
    let model = Model::load(&path, &recipe).unwrap();
    let ramp = |from: i8, by: i8| Data::I8((0..8).map(|i| from.wrapping_add(i * by)).collect());
    let samples = vec![vec![ramp(-20, 9), ramp(3, -4)]];
    let workbench = workbench();
    // 3 * (x - y) + 3, cut to int8 and at the zero point.
    let expected = Data::I8(vec![3, 3, 12, 51, 90, 127, 127, 127]);
    assert_eq!(workbench.reference(&model, &samples).unwrap(), [[expected]]);
    for board in ["host", "qemu-m4"] {
        let board = workbench.board(board).unwrap();
        let report = workbench.verify(&model, board, &recipe, &samples).unwrap();
        assert_eq!(report.verdict, Verdict::Exact, "{report:?}");
    }
    let twice = Model::load(&folder.join("two_scaled_differences.tflite"), &recipe).unwrap();
    let host = workbench.board("host").unwrap();
    let report = workbench.verify(&twice, host, &recipe, &samples).unwrap();
    assert_eq!(report.verdict, Verdict::Exact, "{report:?}");
    let error = Model::load(&path, &Recipe::default()).unwrap_err().to_string();
    assert!(error.contains("--custom"), "{error}");
}

#[test]
fn good_graphs_give_the_references_outputs() {
    let workbench = workbench();
    let recipe = Recipe::default();
    for path in models("good") {
        let model = Model::load(&path, &recipe).unwrap_or_else(|e| panic!("{e}"));
        let inputs = Inputs::Random { seed: 1, samples: 2 };
        let samples = inputs.samples(&model.graph).unwrap();
        for board in ["host", "qemu-m0plus"] {
            let report = workbench
                .verify(&model, workbench.board(board).unwrap(), &recipe, &samples)
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_ne!(report.verdict, Verdict::Wrong, "{}: {report:?}", path.display());
            assert_eq!(report.outputs.len(), model.source.outputs().len());
        }
    }
}

#[test]
fn bad_graphs_are_refused() {
    for path in models("bad") {
        let error = Model::load(&path, &Recipe::default()).unwrap_err();
        assert!(error.blames_model() && error.problems().len() == 1, "{error}");
    }
}
