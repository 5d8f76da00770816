//! Single operators: the reference against the oracles' vectors, and the generated C on the host
//! and on every emulated core against the reference.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use serde::Deserialize;
use smidgen_compiler::eval::{self, Values};
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::ops::{Lowering, Op};
use smidgen_compiler::tensor::{Data, Rounding};
use smidgen_compiler::{Compiled, compile};
use smidgen_run::{BuildOptions, Builder, Mode};
use smidgen_study::compare::compare;
use smidgen_study::report::Verdict;
use smidgen_study::{Recipe, Sample, TargetReport, arrays};
use smidgen_target::Board;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use support::{cache, file_samples, root, workbench};

/// One line of `tests/fixtures/ops/OPERATOR/index.json`.
#[derive(Debug, Clone, Deserialize)]
struct Fixture {
    operator: String,
    case: String,
    oracles: Vec<String>,
    #[serde(default)]
    tolerance: f64,
    /// Samples that follow each other before states are reset; 0 where there are none.
    #[serde(default)]
    steps: usize,
    #[serde(default)]
    dynamic_tolerance: Option<f64>,
}

impl Fixture {
    fn folder(&self) -> PathBuf {
        root().join("tests/fixtures/ops").join(&self.operator)
    }

    fn model(&self) -> PathBuf {
        self.folder().join(format!("{}.tflite", self.case))
    }

    fn vectors(&self) -> PathBuf {
        self.folder().join(format!("{}.npz", self.case))
    }

    /// Fixtures without vectors have no files.
    fn has_vectors(&self) -> bool {
        !self.oracles.is_empty()
    }

    fn graph(&self, rounding: Rounding) -> Graph {
        let bytes = std::fs::read(self.model()).unwrap();
        let options = ReadOptions {
            name: self.case.clone(),
            rounding: Some(rounding),
            ..ReadOptions::default()
        };
        frontend::read(&bytes, &options)
            .unwrap_or_else(|problems| panic!("{}/{}: {problems:?}", self.operator, self.case))
    }

    /// The array names of the vectors that a profile must reproduce, and their tolerance.
    fn oracle(&self, rounding: Rounding) -> (&'static str, f64) {
        let present = arrays::names(&self.vectors()).unwrap();
        let has = |name: &str| present.iter().any(|n| n == &format!("{name}0"));
        if has("dequantized") {
            return ("dequantized", self.tolerance);
        }
        let (own, other) = match rounding {
            Rounding::Tflm => ("tflm", "litert_ref"),
            Rounding::Litert | Rounding::Onnx => ("litert_ref", "tflm"),
        };
        (if has(own) { own } else { other }, self.tolerance)
    }

    fn expected(&self, graph: &Graph, oracle: &str) -> Vec<Vec<Data>> {
        let outputs = graph.outputs().iter().enumerate();
        outputs
            .map(|(i, &id)| {
                let name = format!("{oracle}{i}");
                let array = support::array(&self.vectors(), &name);
                arrays::samples(&array, &name, &graph.value(id).ty).unwrap()
            })
            .collect()
    }
}

/// Operators named by `SMIDGEN_ONLY`, separated by commas: while one works on some of them.
fn only() -> Option<String> {
    std::env::var("SMIDGEN_ONLY").ok()
}

/// Whether the operator's tests are to run.
fn chosen(operator: &str) -> bool {
    only().is_none_or(|only| only.split(',').any(|name| name == operator))
}

fn fixtures() -> Vec<Fixture> {
    let mut folders: Vec<_> = std::fs::read_dir(root().join("tests/fixtures/ops"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .filter(|path| chosen(&path.file_name().unwrap().to_string_lossy()))
        .collect();
    folders.sort();
    let index = |folder: PathBuf| std::fs::read_to_string(folder.join("index.json")).unwrap();
    let read = |folder| serde_json::from_str::<Vec<Fixture>>(&index(folder)).unwrap();
    let fixtures: Vec<_> = folders.into_iter().flat_map(read).collect();
    assert!(fixtures.len() > 500 || only().is_some());
    fixtures.into_iter().filter(Fixture::has_vectors).collect()
}

fn largest_difference(expected: &[Data], actual: &[Data]) -> f64 {
    let pairs = expected.iter().zip(actual);
    pairs.map(|(e, a)| compare(&[e], &[a]).max_difference).fold(0.0, f64::max)
}

/// Compares the reference with one oracle; returns what differs.
fn check_fixture(fixture: &Fixture, rounding: Rounding) -> Vec<String> {
    let graph = fixture.graph(rounding);
    let samples = file_samples(&graph, &fixture.vectors());
    let mut outputs: Vec<Vec<Data>> = vec![Vec::new(); graph.outputs().len()];
    for sequence in samples.chunks(fixture.steps.max(1)) {
        for values in eval::evaluate_stream(&graph, sequence).unwrap() {
            for (column, data) in outputs.iter_mut().zip(eval::outputs(&graph, &values)) {
                column.push(data);
            }
        }
    }
    let mut differences = Vec::new();
    let mut check = |oracle: &str, tolerance: f64| {
        for (expected, actual) in fixture.expected(&graph, oracle).iter().zip(&outputs) {
            assert_eq!(expected.len(), actual.len());
            let difference = largest_difference(expected, actual);
            if difference > tolerance {
                differences.push(format!(
                    "{}/{} {rounding:?}: differs from {oracle} by {difference}, {tolerance} allowed",
                    fixture.operator, fixture.case
                ));
            }
        }
    };
    let (oracle, tolerance) = fixture.oracle(rounding);
    check(oracle, tolerance);
    if let Some(tolerance) = fixture.dynamic_tolerance
        && fixture.oracles.iter().any(|oracle| oracle == "litert_ref")
    {
        check("litert_ref", tolerance);
    }
    differences
}

#[test]
fn the_reference_equals_the_oracles() {
    let mut differences = Vec::new();
    for fixture in fixtures() {
        for rounding in [Rounding::Tflm, Rounding::Litert] {
            differences.extend(check_fixture(&fixture, rounding));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Many single-operator graphs as one, with values for several samples.
#[derive(Default)]
struct Batch {
    graph: Graph,
    samples: Vec<Sample>,
}

/// Samples of a batch; fixtures with fewer repeat theirs.
const SAMPLES: usize = 3;

impl Batch {
    fn add(&mut self, graph: &Graph, samples: &[Sample]) {
        self.graph.append(graph);
        self.samples.resize(SAMPLES, Vec::new());
        for (i, sample) in self.samples.iter_mut().enumerate() {
            sample.extend(samples[i % samples.len()].iter().cloned());
        }
    }

    fn compile(&self, board: &Board) -> Compiled {
        let recipe = Recipe::default();
        compile(self.graph.clone(), &board.core.features, recipe.planner().unwrap())
            .unwrap_or_else(|e| panic!("{e:?}"))
    }

    fn values(&self) -> Vec<Values> {
        eval::evaluate_stream(&self.graph, &self.samples).unwrap()
    }

    /// Runs every operator on the board, fed the reference's input; returns the layers that differ.
    fn check(&self, board: &str) -> Vec<String> {
        let workbench = workbench();
        let board = workbench.board(board).unwrap();
        let report = workbench
            .verify_layers(&self.compile(board), board, &Recipe::default(), &self.values())
            .unwrap_or_else(|e| panic!("{}: {e}", board.name));
        wrong_layers(&report)
    }

    /// Runs the code for the core of `board` on the host, with the compiler's checks for undefined
    /// behaviour and for accesses outside the arena and the constants.
    fn check_sanitized(&self, board: &str) -> Vec<String> {
        let workbench = workbench();
        let (board, host) = (workbench.board(board).unwrap(), workbench.board("host").unwrap());
        let compiled = self.compile(board);
        let options =
            BuildOptions { mode: Mode::Steps, sanitizers: true, ..BuildOptions::default() };
        let image = Builder::new(cache()).build(&compiled.bundle, host, &options).unwrap();
        let report = workbench
            .verify_image(&compiled, &image, &self.values())
            .unwrap_or_else(|e| panic!("code for {}: {e}", board.name));
        wrong_layers(&report)
    }
}

fn wrong_layers(report: &TargetReport) -> Vec<String> {
    let wrong = report.layers.iter().filter(|l| l.comparison.verdict == Verdict::Wrong);
    wrong
        .map(|l| format!("{} {} on {}: {:?}", l.kind, l.name, report.board, l.comparison))
        .collect()
}

fn check_batches<'a>(batches: impl Iterator<Item = &'a Batch>, boards: &[&str]) {
    let mut differences = Vec::new();
    for batch in batches {
        for board in boards {
            differences.extend(batch.check(board));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// The fixtures of each operator as one graph. Where the two rounding profiles lead to different
/// graphs, both are in it.
fn fixture_batches() -> Vec<Batch> {
    let mut batches: BTreeMap<String, Batch> = BTreeMap::new();
    for fixture in fixtures() {
        let batch = batches.entry(fixture.operator.clone()).or_default();
        let named = |rounding, suffix: &str| {
            let mut graph = fixture.graph(rounding);
            graph.rename_nodes(|name| format!("{}{suffix}/{name}", fixture.case));
            graph
        };
        let (tflm, litert) = (named(Rounding::Tflm, ""), named(Rounding::Litert, ""));
        let samples = file_samples(&tflm, &fixture.vectors());
        batch.add(&tflm, &samples);
        if litert != tflm {
            batch.add(&named(Rounding::Litert, " (litert)"), &samples);
        }
    }
    batches.into_values().collect()
}

/// Cases in one graph: more make programs that take a compiler too long.
const CASES: usize = 100;

/// All operators' own edge cases.
fn case_batches() -> Vec<Batch> {
    let mut batches = vec![Batch::default()];
    for (operator, cases) in Op::cases() {
        for case in cases.into_iter().filter(|case| chosen(operator) || chosen(case.op.name())) {
            let mut graph = Graph::of_case(&case);
            graph.rename_nodes(|name| format!("{operator} {name}"));
            let sample = |seed| {
                let mut random = Random::new(seed);
                let types = graph.inputs().iter().map(|&id| &graph.value(id).ty);
                types.map(|ty| random.magnitudes(ty.dtype, ty.shape.elements())).collect()
            };
            let samples: Vec<Sample> = (1..=SAMPLES as u64).map(sample).collect();
            if batches[batches.len() - 1].graph.nodes().len() >= CASES {
                batches.push(Batch::default());
            }
            let last = batches.len() - 1;
            batches[last].add(&graph, &samples);
        }
    }
    batches
}

#[test]
fn generated_code_equals_the_reference_on_the_oracles_inputs() {
    check_batches(fixture_batches().iter(), &["host", "qemu-m4", "qemu-rv32imc"]);
}

/// Boards whose kernels or instruction sets differ from each other's most.
const DIFFERENT: [&str; 4] = ["host", "qemu-m4", "qemu-m0plus", "qemu-rv32imc"];

/// Of the boards that resemble one of these, each runs a third of the cases, in turn.
#[test]
fn generated_code_equals_the_reference_on_every_core() {
    let workbench = workbench();
    let boards: Vec<_> = workbench.runnable_boards().map(|board| board.name.as_str()).collect();
    assert!(boards.len() >= 10);
    let batches = case_batches();
    for (turn, board) in boards.into_iter().enumerate() {
        let all = DIFFERENT.contains(&board) || batches.len() < 3;
        let mine = batches.iter().enumerate().filter(|(index, _)| all || index % 3 == turn % 3);
        check_batches(mine.map(|(_, batch)| batch), &[board]);
    }
}

/// Models may combine operators as they like, so that no two C files may define one name.
#[test]
fn all_kernels_stand_in_one_program() {
    let workbench = workbench();
    let host = workbench.board("host").unwrap();
    for name in ["qemu-m4", "qemu-m0plus"] {
        let board = workbench.board(name).unwrap();
        let (mut batch, mut files) = (Batch::default(), BTreeSet::new());
        for case in Op::cases().into_iter().flat_map(|(_, cases)| cases) {
            let graph = Graph::of_case(&case);
            let site = graph.site(&graph.nodes()[0]);
            let Lowering::Code(code) = case.op.lower(&site, &board.core.features).unwrap() else {
                continue;
            };
            let before = files.len();
            files.extend(code.sources.iter().map(|source| source.file));
            if files.len() > before {
                batch.graph.append(&graph);
            }
        }
        assert!(files.len() > 90, "{} files", files.len());
        let bundle = batch.compile(board).bundle;
        Builder::new(cache())
            .build(&bundle, host, &BuildOptions::default())
            .unwrap_or_else(|e| panic!("code for {name}: {e}"));
    }
}

#[test]
fn generated_code_has_no_undefined_behaviour() {
    for board in ["qemu-m4", "qemu-m0plus"] {
        for batch in case_batches() {
            let differences = batch.check_sanitized(board);
            assert!(differences.is_empty(), "{}", differences.join("\n"));
        }
    }
}
