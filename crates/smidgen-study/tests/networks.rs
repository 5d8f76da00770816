//! Networks that TensorFlow converted from Keras, whole: the reference against the oracles' outputs
//! in both rounding profiles, and generated code on the host and on a Cortex-M4 against the
//! reference.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use serde::Deserialize;
use smidgen_compiler::eval;
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::{Data, Rounding, TensorType};
use smidgen_study::compare::compare;
use smidgen_study::report::Verdict;
use smidgen_study::{Model, Recipe, Sample, arrays};
use std::collections::BTreeMap;
use std::path::PathBuf;
use support::{root, workbench};

/// One line of a kind's `index.json`.
#[derive(Debug, Clone, Deserialize)]
struct Network {
    #[serde(skip)]
    kind: String,
    name: String,
    /// What the converter was told to make: `float32`, `float16`, `dynamic`, `int8` or `int16`.
    conversion: String,
    /// Inferences per sample that follow each other; 0 for a network that keeps no state.
    steps: usize,
    oracles: Vec<String>,
    tolerance: f64,
    #[serde(default)]
    dynamic_tolerance: Option<f64>,
}

fn folder() -> PathBuf {
    root().join("tests/fixtures/networks")
}

/// All networks, or those whose names or kinds `SMIDGEN_ONLY` lists, separated by commas.
fn networks() -> Vec<Network> {
    let only = std::env::var("SMIDGEN_ONLY").ok();
    let chosen = |text: &str| only.as_ref().is_none_or(|only| only.split(',').any(|o| o == text));
    let mut networks = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let kind = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("index.json")).unwrap();
        let index: Vec<Network> = serde_json::from_str(&text).unwrap();
        networks.extend(index.into_iter().map(|n| Network { kind: kind.clone(), ..n }));
    }
    networks.retain(|network| chosen(&network.name) || chosen(&network.kind));
    networks.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    assert!(networks.len() > 200 || only.is_some());
    assert!(networks.iter().all(|network| !network.oracles.is_empty()));
    networks
}

/// The networks that are refused, with the reason.
fn refused() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("refused.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The networks that are not refused.
fn accepted() -> Vec<Network> {
    let refused = refused();
    networks().into_iter().filter(|network| !refused.contains_key(&network.name)).collect()
}

impl Network {
    fn path(&self, ending: &str) -> PathBuf {
        folder().join(&self.kind).join(format!("{}.{ending}", self.name))
    }

    fn load(&self, rounding: Rounding) -> Result<Model, String> {
        let recipe = Recipe { rounding: Some(rounding), ..Recipe::default() };
        Model::load(&self.path("tflite"), &recipe).map_err(|e| e.to_string())
    }

    fn accepted(&self, rounding: Rounding) -> Model {
        self.load(rounding).unwrap_or_else(|e| panic!("{}: {e}", self.name))
    }

    /// The oracles that a profile must agree with, and how closely. Each model has one of them for
    /// one profile at least.
    fn expected(&self, rounding: Rounding) -> Vec<(&'static str, f64)> {
        let has = |name: &str| self.oracles.iter().any(|oracle| oracle == name);
        let (own, other) = match rounding {
            Rounding::Tflm => ("tflm", "litert_ref"),
            Rounding::Litert | Rounding::Onnx => ("litert_ref", "tflm"),
        };
        match self.dynamic_tolerance {
            Some(loose) => vec![("dequantized", self.tolerance), ("litert_ref", loose)],
            None if has(own) => vec![(own, self.tolerance)],
            // Integers follow the oracle of their profile alone.
            None if self.conversion.starts_with("int") => Vec::new(),
            None => vec![(other, self.tolerance)],
        }
    }

    /// An array of the vectors, by sample and step.
    fn array(&self, name: &str, ty: &TensorType) -> Vec<Data> {
        let mut array = support::array(&self.path("npz"), name);
        if self.steps > 0 {
            let samples = array.shape.remove(0);
            array.shape[0] *= samples;
        }
        arrays::samples(&array, name, ty).unwrap()
    }

    /// The samples; each starts in the initial state and has as many inferences as the network
    /// has steps.
    fn streams(&self, graph: &Graph) -> Vec<Vec<Sample>> {
        let inputs = graph.inputs().iter().enumerate();
        let columns: Vec<Vec<Data>> = inputs
            .map(|(port, &id)| self.array(&format!("in{port}"), &graph.value(id).ty))
            .collect();
        let sample = |i: usize| columns.iter().map(|column| column[i].clone()).collect();
        let samples: Vec<Sample> = (0..columns[0].len()).map(sample).collect();
        samples.chunks(self.steps.max(1)).map(<[Sample]>::to_vec).collect()
    }

    /// Compares the reference, before and after optimisation, with the oracles.
    fn check_reference(&self, rounding: Rounding) -> Vec<String> {
        let model = self.accepted(rounding);
        let streams = self.streams(&model.source);
        let mut differences = Vec::new();
        for (what, graph) in [("as imported", &model.source), ("optimised", &model.graph)] {
            let actual: Vec<Vec<Data>> = streams.iter().flat_map(|s| evaluate(graph, s)).collect();
            for (oracle, tolerance) in self.expected(rounding) {
                let difference = self.difference(&model.source, oracle, &actual);
                if difference > tolerance {
                    differences.push(format!(
                        "{} {what}, {rounding:?}: differs from {oracle} by {difference}, \
                         {tolerance} allowed",
                        self.name
                    ));
                }
            }
        }
        differences
    }

    /// The largest difference between an oracle's outputs and others, given per sample.
    fn difference(&self, graph: &Graph, oracle: &str, actual: &[Vec<Data>]) -> f64 {
        let mut largest = 0f64;
        for (port, &id) in graph.outputs().iter().enumerate() {
            let expected = self.array(&format!("{oracle}{port}"), &graph.value(id).ty);
            assert_eq!(expected.len(), actual.len());
            for (expected, actual) in expected.iter().zip(actual) {
                largest = largest.max(compare(&[expected], &[&actual[port]]).max_difference);
            }
        }
        largest
    }
}

/// Outputs of inferences that follow each other.
fn evaluate(graph: &Graph, stream: &[Sample]) -> Vec<Vec<Data>> {
    let values = eval::evaluate_stream(graph, stream).unwrap();
    values.iter().map(|values| eval::outputs(graph, values)).collect()
}

#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_networks_that_are_refused_are_listed() {
    let refused = refused();
    let problem = |network: &Network| {
        let listed = refused.contains_key(&network.name);
        match network.load(Rounding::Tflm) {
            Err(e) if !listed => Some(format!("{} is refused, but not listed: {e}", network.name)),
            Ok(_) if listed => Some(format!("{} is listed, but not refused", network.name)),
            _ => None,
        }
    };
    assert_none(&networks().iter().filter_map(problem).collect::<Vec<_>>());
}

#[test]
fn the_reference_equals_the_oracles() {
    let check = |network: &Network| {
        [Rounding::Tflm, Rounding::Litert].map(|rounding| network.check_reference(rounding))
    };
    let differences: Vec<_> = accepted().par_iter().map(check).collect();
    assert_none(&differences.into_iter().flatten().flatten().collect::<Vec<_>>());
}

/// Networks of a kind as one model, so that they are built and run together.
struct Batch {
    model: Model,
    streams: Vec<Vec<Sample>>,
    /// Of every output.
    names: Vec<String>,
}

impl Batch {
    fn new(kind: &str, networks: &[Network]) -> Self {
        let mut batch = Self {
            model: Model {
                name: kind.into(),
                sha256: String::new(),
                rounding: Rounding::Tflm,
                source: Graph::default(),
                graph: Graph::default(),
            },
            streams: Vec::new(),
            names: Vec::new(),
        };
        for network in networks {
            let mut model = network.accepted(Rounding::Tflm);
            model.graph.rename_nodes(|name| format!("{}/{name}", network.name));
            let streams = network.streams(&model.source);
            batch.streams.resize(streams.len(), vec![Vec::new(); streams[0].len()]);
            for (all, sample) in batch.streams.iter_mut().flatten().zip(streams.concat()) {
                all.extend(sample);
            }
            batch.names.extend(model.source.outputs().iter().map(|_| network.name.clone()));
            batch.model.source.append(&model.source);
            batch.model.graph.append(&model.graph);
        }
        if batch.model.graph.states().is_empty() {
            batch.streams = vec![batch.streams.concat()];
        }
        batch
    }

    /// The networks whose outputs on the board are not the reference's.
    fn check(&self, board: &str) -> Vec<String> {
        let workbench = workbench();
        let board = workbench.board(board).unwrap();
        let mut wrong = Vec::new();
        for stream in &self.streams {
            let expected = workbench.reference(&self.model, stream).unwrap();
            let actual = workbench
                .infer(&self.model, board, &Recipe::default(), stream)
                .unwrap_or_else(|e| panic!("{} on {}: {e}", self.model.name, board.name));
            for (port, name) in self.names.iter().enumerate() {
                let comparison = compare(&column(&expected, port), &column(&actual, port));
                if comparison.verdict == Verdict::Wrong {
                    wrong.push(format!("{name} on {}: {comparison:?}", board.name));
                }
            }
        }
        wrong
    }
}

/// A column of outputs.
fn column(rows: &[Vec<Data>], port: usize) -> Vec<&Data> {
    rows.iter().map(|row| &row[port]).collect()
}

#[test]
fn generated_code_equals_the_reference() {
    let mut kinds: BTreeMap<String, Vec<Network>> = BTreeMap::new();
    for network in accepted() {
        kinds.entry(network.kind.clone()).or_default().push(network);
    }
    let batches: Vec<_> = kinds.iter().map(|(kind, networks)| Batch::new(kind, networks)).collect();
    let runs: Vec<_> =
        batches.iter().flat_map(|batch| ["host", "qemu-m4"].map(|board| (batch, board))).collect();
    let differences: Vec<_> = runs.par_iter().map(|(batch, board)| batch.check(board)).collect();
    assert_none(&differences.into_iter().flatten().collect::<Vec<_>>());
}
