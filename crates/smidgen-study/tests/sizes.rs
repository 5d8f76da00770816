//! Flash: only what a model uses is linked, and kernels are no larger than TFLite Micro's.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use smidgen_compiler::Compiled;
use smidgen_run::{FlashKind, Footprint, Mode, Optimisation};
use smidgen_study::{Model, Recipe, Workbench};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use support::{root, workbench};

/// Fixtures of each operator and type that are measured.
const CASES: usize = 3;

/// A line of `benches/tflm_kernels.csv`: bytes of flash of an operator's kernel in TFLite Micro.
#[derive(Debug)]
struct Anchor {
    operator: String,
    /// With all its types, as it is linked.
    all: u64,
    /// Without functions that serve other types than int8.
    int8: u64,
}

fn anchors() -> Vec<Anchor> {
    let text = std::fs::read_to_string(root().join("benches/tflm_kernels.csv")).unwrap();
    let parse = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        let operator = fields[0].to_string();
        Anchor { operator, all: fields[1].parse().unwrap(), int8: fields[2].parse().unwrap() }
    };
    text.lines().skip(1).map(parse).collect()
}

/// Some models of one operator whose first activation has the type.
fn models(operator: &str, dtype: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/fixtures/ops").join(operator)).unwrap();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tflite"))
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(dtype))
        .filter(|path| path.with_extension("npz").exists())
        .collect();
    paths.sort();
    let step = paths.len().div_ceil(CASES).max(1);
    paths.into_iter().step_by(step).collect()
}

/// What a model takes on a Cortex-M4, compiled for size.
fn footprint(workbench: &Workbench, path: &Path) -> (Compiled, Footprint) {
    let recipe = Recipe { opt: Optimisation::Os, ..Recipe::default() };
    let board = workbench.board("qemu-m4").unwrap();
    let model = Model::load(path, &recipe).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let compiled = workbench.compile(&model, board, &recipe).unwrap();
    let image = workbench.build(&compiled, board, &recipe, Mode::Inference).unwrap();
    (compiled, image.footprint.unwrap())
}

/// Whether a function is the compiler's own, such as a division: the anchors have none of these.
fn is_support(symbol: &str) -> bool {
    ["__", "mem"].iter().any(|start| symbol.starts_with(start))
}

#[test]
fn kernels_are_no_larger_than_those_of_tflite_micro() {
    let workbench = workbench();
    let check = |(anchor, dtype, limit): &(&Anchor, &str, u64)| {
        let paths = models(&anchor.operator, dtype);
        let bytes = |path: &PathBuf| {
            let (_, footprint) = footprint(&workbench, path);
            let own = footprint
                .symbols
                .iter()
                .filter(|symbol| symbol.kind != FlashKind::Weights && !is_support(&symbol.name));
            (own.map(|symbol| symbol.bytes).sum::<u64>(), path.clone())
        };
        let (largest, path) = paths.iter().map(bytes).max()?;
        (largest > *limit)
            .then(|| format!("{}: {largest} bytes, TFLite Micro {limit}", path.display()))
    };
    let anchors = anchors();
    assert!(anchors.len() >= 20);
    let pairs: Vec<_> = anchors
        .iter()
        .flat_map(|anchor| [(anchor, "int8", anchor.int8), (anchor, "float32", anchor.all)])
        .collect();
    let larger: Vec<_> = pairs.par_iter().filter_map(check).collect();
    assert!(larger.is_empty(), "{}", larger.join("\n"));
}

/// Everything of the model that is linked belongs to a step, is the function that calls them or
/// supports the compiler.
#[test]
fn nothing_is_linked_that_no_step_uses() {
    let workbench = workbench();
    for name in ["kws_small", "mlp_float", "mixed_int8"] {
        let (compiled, footprint) =
            footprint(&workbench, &root().join("models").join(format!("{name}.tflite")));
        let manifest = &compiled.bundle.manifest;
        let mut used: BTreeSet<String> = BTreeSet::from([format!("{name}_run")]);
        for step in &manifest.steps {
            used.insert(step.function.clone());
            used.extend(step.kernels.iter().chain(&step.constants).cloned());
        }
        for symbol in &footprint.symbols {
            let known = is_support(&symbol.name) || used.contains(&symbol.name);
            assert!(known, "{name}: {symbol:?} is used by no step");
        }
        assert!(footprint.symbols.len() >= manifest.steps.len(), "{name}");
    }
}
