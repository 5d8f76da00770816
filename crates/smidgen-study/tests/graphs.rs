//! Graphs that are hard though their operators are not: views, aliases, outputs that are read.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_study::report::Verdict;
use smidgen_study::{Inputs, Model, Recipe};
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
