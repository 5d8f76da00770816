//! Float networks become integer files that compute the same bits everywhere.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use serde::Deserialize;
use smidgen_compiler::eval;
use smidgen_compiler::quant::noise::{self, Noise};
use smidgen_compiler::tensor::{DType, Data};
use smidgen_study::arrays::Array;
use smidgen_study::data::Spec;
use smidgen_study::quantise::{
    Budget, Method, Mix, Precision, QuantiseSpec, QuantisedModel, quantise,
};
use smidgen_study::report::Verdict;
use smidgen_study::{Error, Inputs, Model, Recipe, Sample, arrays};
use std::path::{Path, PathBuf};
use support::{root, workbench};

/// Calibration samples of a network.
const SAMPLES: usize = 24;
/// Ratio of signal to quantisation noise that outputs must have, in decibels, for int8.
const LEAST_DECIBELS: f64 = 12.0;

#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    conversion: String,
}

/// The float networks that TensorFlow converted from Keras.
fn networks() -> Vec<PathBuf> {
    let only = std::env::var("SMIDGEN_ONLY").ok();
    let mut found = Vec::new();
    for kind in std::fs::read_dir(root().join("tests/fixtures/networks")).unwrap() {
        let kind = kind.unwrap().path();
        if !kind.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(kind.join("index.json")).unwrap();
        let entries: Vec<Entry> = serde_json::from_str(&text).unwrap();
        let float = entries.into_iter().filter(|entry| entry.conversion == "float32");
        found.extend(float.map(|entry| kind.join(entry.name + ".tflite")));
    }
    found.retain(|path| only.as_ref().is_none_or(|only| path.to_string_lossy().contains(only)));
    assert!(found.len() > 50 || only.is_some());
    found.sort();
    found
}

/// Random samples for a model, as a file in `folder` and as they are.
fn samples(model: &Model, folder: &Path) -> (PathBuf, Vec<Sample>) {
    let samples = Inputs::Random { seed: 2, samples: SAMPLES }.samples(&model.source).unwrap();
    let stack = |(index, &id): (usize, &_)| {
        let column: Vec<_> = samples.iter().map(|sample| sample[index].clone()).collect();
        (format!("in{index}"), arrays::stack(&model.source.value(id).ty, &column))
    };
    let columns: Vec<_> = model.source.inputs().iter().enumerate().map(stack).collect();
    let path = folder.join("samples.npz");
    arrays::write(&path, &columns).unwrap();
    (path, samples)
}

fn spec(data: &Path, precision: Precision) -> QuantiseSpec {
    let spec = QuantiseSpec::new(Spec::new(data));
    QuantiseSpec { precision, method: Some(Method::MinMax), ..spec }
}

fn made(model: &Model, spec: &QuantiseSpec) -> Result<QuantisedModel, Error> {
    quantise(model, spec, None, &Recipe::default(), &|_| {})
}

/// Loss of the outputs, in decibels, where both are fed the same real numbers.
fn decibels(model: &Model, integer: &Model, data: &Path, samples: &[Sample]) -> f64 {
    let codes = Inputs::file(data).samples(&integer.source).unwrap();
    let floats = eval::evaluate_stream(&model.source, samples).unwrap();
    let integers = eval::evaluate_stream(&integer.source, &codes).unwrap();
    let mut loss = Noise::default();
    for (floats, integers) in floats.iter().zip(&integers) {
        let outputs = model.source.outputs().iter().zip(integer.source.outputs());
        for (&a, &b) in outputs.filter(|(a, _)| model.source.value(**a).ty.dtype == DType::F32) {
            let exact = floats[a.index()].as_ref().unwrap().get::<f32>().to_vec();
            let found = integers[b.index()].as_ref().unwrap();
            let found = noise::numbers(&integer.source.value(b).ty, found).unwrap();
            loss = loss.join(Noise::of(&exact, &found));
        }
    }
    loss.decibels()
}

/// Quantises a network, and compares it with the float network and, as C, with its reference.
fn check(path: &Path, precision: Precision) -> Result<f64, String> {
    let model = Model::load(path, &Recipe::default()).map_err(|e| e.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let (data, samples) = samples(&model, folder.path());
    let quantised = made(&model, &spec(&data, precision)).map_err(|e| e.to_string())?;
    let loss = decibels(&model, &quantised.model, &data, &samples);
    let codes = Inputs::file(&data).samples(&quantised.model.graph).unwrap();
    let workbench = workbench();
    let host = workbench.board("host").unwrap();
    let run = workbench.evaluate(&quantised.model, host, &Recipe::default(), &codes[..4], &|_| {});
    let report = run.map_err(|e| e.to_string())?.report;
    // Layers that stay floats may differ in the last bits.
    let expected =
        if quantised.report.left_real.is_empty() { Verdict::Exact } else { Verdict::Within };
    if report.verdict != expected && report.verdict != Verdict::Exact {
        return Err(format!("{:?}", report.verdict));
    }
    Ok(loss)
}

#[test]
fn networks_from_keras_keep_most_of_the_signal() {
    let all = networks();
    let results: Vec<_> = all
        .par_iter()
        .flat_map_iter(|path| [Precision::Int8, Precision::Int16].map(|to| (path, to)))
        .map(|(path, to)| (path, to, check(path, to)))
        .collect();
    let mut failures = Vec::new();
    for (path, to, result) in results {
        let name = path.file_stem().unwrap().to_string_lossy();
        match result {
            Ok(loss) if loss < LEAST_DECIBELS => {
                failures.push(format!("{name} {to:?}: {loss:.1} dB"));
            }
            Ok(loss) => println!("{name} {to:?}: {loss:.1} dB"),
            Err(text) => failures.push(format!("{name} {to:?}: {text}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures/quantised").join(name)
}

/// What TFLite Micro computed from the file that an earlier run wrote.
fn oracle(model: &Model, name: &str) -> Vec<Data> {
    let array = arrays::read(&fixture("test.npz"), &[name.to_owned()]).unwrap().remove(0);
    arrays::samples(&array, name, &model.source.value(model.source.outputs()[0]).ty).unwrap()
}

/// Quantises a network, and runs it on the reference, the host and a Cortex-M4 against the oracle.
fn check_oracle(network: &str, precision: Precision, suffix: &str) {
    let model = Model::load(&fixture(&format!("{network}.tflite")), &Recipe::default()).unwrap();
    let spec =
        QuantiseSpec { precision, ..QuantiseSpec::new(Spec::new(fixture("calibration.npz"))) };
    let quantised = made(&model, &spec).unwrap();
    let (workbench, name) = (workbench(), format!("{network}_{suffix}"));
    let expected = oracle(&quantised.model, &name);
    let samples = test_samples(&quantised.model);
    for board in ["host", "qemu-m4"] {
        let board = workbench.board(board).unwrap();
        let run =
            workbench.evaluate(&quantised.model, board, &Recipe::default(), &samples, &|_| {});
        let found: Vec<Data> =
            run.unwrap().outputs.into_iter().map(|mut out| out.remove(0)).collect();
        assert_eq!(found, expected, "{name} on {}", board.name);
    }
}

/// The test samples as the codes of a model's input.
fn test_samples(model: &Model) -> Vec<Sample> {
    let array = arrays::read(&fixture("test.npz"), &["in0".to_owned()]).unwrap().remove(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in0.npz");
    arrays::write(&path, &[("in0".to_owned(), array)]).unwrap();
    Inputs::file(&path).samples(&model.graph).unwrap()
}

#[test]
fn int8_files_give_the_bits_of_tflite_micro() {
    for network in ["digits_separable", "digits_residual", "digits_autoencoder"] {
        check_oracle(network, Precision::Int8, "int8");
    }
}

#[test]
fn int16_files_give_the_bits_of_tflite_micro() {
    for network in ["digits_separable", "digits_residual", "digits_autoencoder"] {
        check_oracle(network, Precision::Int16, "int16");
    }
}

/// A mix is finer than 8 bits and stays within its budget.
#[test]
fn mixes_keep_their_budget() {
    let model = Model::load(&fixture("digits_residual.tflite"), &Recipe::default()).unwrap();
    let spec = spec(&fixture("calibration.npz"), Precision::Int8);
    let workbench = workbench();
    let board = workbench.board("qemu-m4").unwrap();
    let budget = Budget { workbench: &workbench, board, ram_bytes: Some(6500), latency_ms: None };
    let mix = Mix { enough_db: None, budget: Some(budget) };
    let report = quantise(&model, &spec, Some(&mix), &Recipe::default(), &|_| {}).unwrap().report;
    let last = report.widened.last().expect("some layer gains");
    let eight = report.candidates.iter().find(|candidate| candidate.written).unwrap();
    assert!(last.sqnr_db > eight.sqnr_db + 1.0, "{:?}", report.widened);
    assert!(report.widened.iter().all(|layer| layer.ram_bytes.unwrap() <= 6500));
    let mix = Mix { enough_db: Some(0.0), budget: None };
    let report = quantise(&model, &spec, Some(&mix), &Recipe::default(), &|_| {}).unwrap().report;
    assert_eq!(report.widened, []);
}

/// Quantises with one array of floats as the data; the error must say `says`.
fn refuse(model: &str, shape: &[usize], value: f32, says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.npz");
    let array =
        Array { shape: shape.to_vec(), data: Data::F32(vec![value; shape.iter().product()]) };
    arrays::write(&data, &[("in0".to_owned(), array)]).unwrap();
    let model = Model::load(&root().join(model), &Recipe::default()).unwrap();
    let text = made(&model, &spec(&data, Precision::Int8)).unwrap_err().to_string();
    assert!(text.contains(says), "{text}");
}

#[test]
fn data_that_tell_nothing_are_refused() {
    const FLOAT: &str = "tests/fixtures/quantised/digits_residual.tflite";
    refuse(FLOAT, &[4, 8, 8, 1], 0.0, "zero everywhere");
    refuse(FLOAT, &[4, 1, 8, 8], 1.0, "transpose");
    refuse(FLOAT, &[4, 8, 8, 1], f32::NAN, "not a finite number");
    refuse(FLOAT, &[4, 8, 8, 1], 3e38, "infinite or not a number");
    refuse("models/kws_small.tflite", &[1, 49, 10, 1], 1.0, "no layers of floats");
}

/// Shapes that were given for an ONNX file say nothing of the file that is written.
#[test]
fn shapes_are_those_of_the_float_model() {
    let path = root().join("tests/fixtures/onnx/networks/separable_float.onnx");
    let plain = Model::load(&path, &Recipe::default()).unwrap().source;
    let input = plain.value(plain.inputs()[0]);
    let shapes = [(input.name.clone(), input.ty.shape.dims().to_vec())].into();
    let recipe = Recipe { shapes, ..Recipe::default() };
    let model = Model::load(&path, &recipe).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, _) = samples(&model, folder.path());
    let made = quantise(&model, &spec(&data, Precision::Int8), None, &recipe, &|_| {});
    assert_eq!(made.unwrap().report.left_real, []);
}
