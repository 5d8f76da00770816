//! Accuracy of small models, on samples whose answers are known.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "tests fail by panicking; exact shares")]

mod support;

use smidgen_compiler::ops::case::Random;
use smidgen_compiler::tensor::{Data, Rounding};
use smidgen_study::accuracy::{
    AccuracyReport, Bound, Candidate, Goal, HostModel, Memory, Metric, Settings, Task,
};
use smidgen_study::arrays::{self, Array};
use smidgen_study::data::{Dataset, Spec};
use smidgen_study::report::Verdict;
use smidgen_study::{Error, Model, Recipe, Sample};
use std::path::{Path, PathBuf};
use support::{root, workbench};
use tempfile::TempDir;

fn candidate(name: &str, rounding: Rounding) -> Candidate {
    let recipe = Recipe { rounding: Some(rounding), ..Recipe::default() };
    let model = Model::load(&root().join("models").join(name), &recipe).unwrap();
    Candidate { name: name.into(), model, recipe }
}

fn bundled(name: &str) -> Vec<Candidate> {
    vec![candidate(name, Rounding::default())]
}

fn golden(name: &str, labels: &str) -> Spec {
    let mut spec = Spec::new(root().join("models/golden").join(name));
    spec.label_column = Some(labels.into());
    spec
}

fn measure(
    models: &[Candidate],
    spec: &Spec,
    settings: &Settings,
) -> Result<AccuracyReport, Error> {
    workbench().accuracy(models, spec, settings, &|_| ())
}

fn value(report: &AccuracyReport, model: usize, metric: &str) -> Option<f64> {
    report.models[model].values[metric]
}

#[track_caller]
fn refused(models: &[Candidate], spec: &Spec, settings: &Settings, part: &str) {
    let error = measure(models, spec, settings).unwrap_err().to_string();
    assert!(error.contains(part), "no `{part}` in: {error}");
}

/// A file of samples with labels.
struct File(TempDir);

impl File {
    fn new(arrays: &[(&str, &[usize], Data)]) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        let array = |(name, shape, data): &(&str, &[usize], Data)| {
            ((*name).to_string(), Array { shape: shape.to_vec(), data: data.clone() })
        };
        arrays::write(&file.path(), &arrays.iter().map(array).collect::<Vec<_>>()).unwrap();
        file
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("data.npz")
    }

    fn spec(&self) -> Spec {
        Spec::new(self.path())
    }
}

/// Random samples for `kws_small`, with the classes that it takes them for.
fn keywords(count: usize) -> File {
    let mut random = Random::new(7);
    let codes: Vec<i8> = (0..count * 490).map(|_| random.range(-128, 127) as i8).collect();
    let models = bundled("kws_small.tflite");
    let samples: Vec<Sample> = codes.chunks(490).map(|c| vec![Data::I8(c.to_vec())]).collect();
    let outputs = workbench().reference(&models[0].model, &samples).unwrap();
    let class = |output: &Vec<Data>| {
        let scores = output[0].integers().unwrap();
        let best = scores.iter().max().unwrap();
        scores.iter().position(|score| score == best).unwrap() as i64
    };
    let labels = outputs.iter().map(class).collect();
    File::new(&[
        ("x", &[count, 49, 10, 1], Data::I8(codes)),
        ("labels", &[count], Data::I64(labels)),
    ])
}

#[test]
fn classes_are_counted() {
    let file = keywords(40);
    let report = measure(&bundled("kws_small.tflite"), &file.spec(), &Settings::default()).unwrap();
    assert_eq!((report.task, report.samples), (Task::Classification, 40));
    assert_eq!(report.metrics, ["top1", "top5", "f1", "auc"]);
    assert_eq!([value(&report, 0, "top1"), value(&report, 0, "f1")], [Some(1.0), Some(1.0)]);
    let confusion = report.models[0].confusion.as_ref().unwrap();
    let sums =
        (0..12).map(|class| (confusion[class].iter().sum::<usize>(), confusion[class][class]));
    let sums: Vec<_> = sums.collect();
    assert!(sums.iter().all(|(all, right)| all == right));
    assert_eq!(sums.iter().map(|(all, _)| all).sum::<usize>(), 40);
    assert!(report.is_good() && report.inferences == 40);
}

#[test]
fn outputs_are_compared_with_numbers() {
    // Codes of the output's own type are what they stand for.
    let settings =
        Settings { metrics: vec![Metric::Mae, Metric::Within(0.0)], ..Settings::default() };
    let spec = golden("kws_small.npz", "tflm0");
    let report = measure(&bundled("kws_small.tflite"), &spec, &settings).unwrap();
    assert_eq!(report.task, Task::Regression);
    assert_eq!([value(&report, 0, "mae"), value(&report, 0, "within:0")], [Some(0.0), Some(1.0)]);
    let spec = golden("mlp_float.npz", "litert_ref0");
    let report = measure(&bundled("mlp_float.tflite"), &spec, &Settings::default()).unwrap();
    assert_eq!(report.metrics, ["mae", "rmse", "max_error", "r2"]);
    assert!(value(&report, 0, "max_error").unwrap() < 1e-5);
    assert!(value(&report, 0, "r2").unwrap() > 0.999);
}

#[test]
fn models_are_compared_with_the_first() {
    let name = "kws_small.tflite";
    let models = [candidate(name, Rounding::Tflm), candidate(name, Rounding::Litert)];
    let file = keywords(64);
    let report = measure(&models, &file.spec(), &Settings::default()).unwrap();
    assert_eq!(report.metrics[4..], ["agreement", "sqnr"]);
    assert_eq!(value(&report, 0, "agreement"), None);
    assert!(value(&report, 1, "agreement").unwrap() > 0.9);
    assert!(value(&report, 1, "sqnr").unwrap() > 20.0);
    // Without labels, nothing but the difference is left.
    let unlabelled = Spec::new(root().join("models/golden/kws_small.npz"));
    let twice = [models[0].clone(), models[0].clone()];
    let report = measure(&twice, &unlabelled, &Settings::default()).unwrap();
    assert_eq!(report.task, Task::Comparison);
    assert_eq!(report.metrics, ["agreement", "sqnr"]);
    assert_eq!(value(&report, 1, "agreement"), Some(1.0));
    assert_eq!(value(&report, 1, "sqnr"), Some(f64::INFINITY));
}

#[test]
fn bounds_are_kept_or_missed() {
    let models = [&bundled("kws_small.tflite")[..], &bundled("kws_small.tflite")].concat();
    let goal = |metric, bound| Goal { metric, bound };
    let goals = vec![
        goal(Metric::Top(1), Bound::AtLeast(1.0)),
        goal(Metric::Drop, Bound::AtMost(0.0)),
        goal(Metric::Top(3), Bound::AtMost(0.5)),
    ];
    let file = keywords(10);
    let report =
        measure(&models, &file.spec(), &Settings { goals, ..Settings::default() }).unwrap();
    let met: Vec<_> = report.goals.iter().map(|goal| (goal.metric.as_str(), goal.met)).collect();
    let expected =
        [("top1", true), ("top1", true), ("drop", true), ("top3", false), ("top3", false)];
    assert_eq!(met, expected);
    assert!(!report.is_good());
}

#[test]
fn anomalies_are_badly_reproduced() {
    // What the autoencoder makes of a sample is nearer to it than its inverse.
    let models = bundled("autoencoder_small.tflite");
    let mut random = Random::new(3);
    let codes: Vec<i8> = (0..20 * 160).map(|_| random.range(-40, 40) as i8).collect();
    let samples: Vec<Sample> = codes.chunks(160).map(|c| vec![Data::I8(c.to_vec())]).collect();
    let differences: Vec<f64> = workbench()
        .reference(&models[0].model, &samples)
        .unwrap()
        .iter()
        .zip(&samples)
        .map(|(output, sample)| {
            let graph = &models[0].model.graph;
            let real = |id, data: &Data| -> Vec<f64> {
                let value: &smidgen_compiler::graph::Value = graph.value(id);
                let (scale, zero) = value.ty.quant.whole().unwrap();
                let real = |x: &i64| (*x - i64::from(zero)) as f64 * f64::from(scale);
                data.integers().unwrap().iter().map(real).collect()
            };
            let x = real(graph.inputs()[0], &sample[0]);
            let y = real(graph.outputs()[0], &output[0]);
            x.iter().zip(&y).map(|(x, y)| (x - y) * (x - y)).sum()
        })
        .collect();
    let mut sorted = differences.clone();
    sorted.sort_by(f64::total_cmp);
    let labels = differences.iter().map(|d| i64::from(*d > sorted[9])).collect();
    let file =
        File::new(&[("x", &[20, 160], Data::I8(codes)), ("labels", &[20], Data::I64(labels))]);
    let report = measure(&models, &file.spec(), &Settings::default()).unwrap();
    assert_eq!((report.task, value(&report, 0, "auc")), (Task::Anomaly, Some(1.0)));
}

#[test]
fn boards_compute_the_same() {
    let file = keywords(5);
    let board = workbench().board("nucleo-l4r5zi").unwrap().clone();
    let settings = Settings { board: Some((board, 2)), ..Settings::default() };
    let report = measure(&bundled("kws_small.tflite"), &file.spec(), &settings).unwrap();
    let target = report.models[0].target.as_ref().unwrap();
    assert_eq!((target.verdict, &target.samples[..]), (Verdict::Exact, &[0, 2][..]));
    let run = target.run.as_ref().unwrap();
    assert_eq!(
        (run.board.as_str(), run.samples, run.verdict),
        ("nucleo-l4r5zi", 2, Verdict::Exact)
    );
    assert!(run.cost.latency_ms.is_some() && report.is_good());
    // A board that is too small is a finding, which spoils the result.
    let board = workbench().board("microbit-v1").unwrap().clone();
    let big = Recipe { weights: smidgen_run::Placement::Ram, ..Recipe::default() };
    let mut models = bundled("kws_small.tflite");
    models[0].recipe = big;
    let settings = Settings { board: Some((board, 1)), ..Settings::default() };
    let report = measure(&models, &file.spec(), &settings).unwrap();
    let target = report.models[0].target.as_ref().unwrap();
    let fits = target.run.as_ref().is_some_and(|run| run.fit.unwrap().fits);
    assert!(!fits && !report.is_good());
}

/// A network that remembers.
const STREAMING: &str = "streaming/gru_stateful_float32";

fn streaming() -> (Model, Vec<Sample>, Dataset) {
    let stem = root().join("tests/fixtures/networks").join(STREAMING);
    let model = Model::load(&stem.with_extension("tflite"), &Recipe::default()).unwrap();
    let inputs = smidgen_study::Inputs::Random { seed: 5, samples: 6 };
    let samples = inputs.samples(&model.graph).unwrap();
    let arrays: Vec<(String, Array)> = model
        .graph
        .inputs()
        .iter()
        .enumerate()
        .map(|(index, &id)| {
            let column: Vec<Data> = samples.iter().map(|sample| sample[index].clone()).collect();
            (format!("in{index}"), arrays::stack(&model.graph.value(id).ty, &column))
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.npz");
    arrays::write(Path::new(&path), &arrays).unwrap();
    let dataset = Dataset::open(&Spec::new(&path), &model.graph).unwrap();
    (model, samples, dataset)
}

#[test]
fn memories_are_reset_or_kept() {
    let bench = workbench();
    let (model, samples, dataset) = streaming();
    assert!(!model.graph.states().is_empty());
    let reals = |memory| {
        let host = HostModel::build(&bench, &model, &Recipe::default(), memory).unwrap();
        host.reals(&dataset, 0, &|_| ()).unwrap()
    };
    let reference = |length: usize| -> Vec<f32> {
        let outputs = samples.chunks(length).flat_map(|s| bench.reference(&model, s).unwrap());
        outputs.flat_map(|output| output[0].get::<f32>().to_vec()).collect()
    };
    let near = |a: &[f32], b: &[f32]| {
        assert_eq!(a.len(), b.len());
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5), "{a:?} {b:?}");
    };
    near(&reals(Memory::Reset), &reference(1));
    near(&reals(Memory::Sequence(4)), &reference(4));
    near(&reals(Memory::Sequence(usize::MAX)), &reference(6));
    let differ = reference(1).iter().zip(&reference(6)).any(|(a, b)| (a - b).abs() > 1e-3);
    assert!(differ, "the model remembers nothing");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let models = bundled("kws_small.tflite");
    let plain = Settings::default();
    let labelled = |labels: Vec<i64>| {
        let count = labels.len();
        File::new(&[
            ("x", &[2, 49, 10, 1], Data::I8(vec![1; 980])),
            ("labels", &[count], Data::I64(labels)),
        ])
    };
    refused(&models, &labelled(vec![0, 12]).spec(), &plain, "label 12 is out of range");
    refused(&models, &labelled(vec![0, 1, 2]).spec(), &plain, "2 samples, but there are 3 labels");
    let file = labelled(vec![0, 1]);
    let limited = Spec { limit: Some(3), ..file.spec() };
    refused(&models, &limited, &plain, "has 2 samples, 3 are asked for");
    let unlabelled = Spec::new(root().join("models/golden/kws_small.npz"));
    refused(&models, &unlabelled, &plain, "no labels and no second model");
    let metrics = vec![Metric::Mae];
    let asked = Settings { metrics, ..Settings::default() };
    refused(&models, &file.spec(), &asked, "`mae` is no metric of classification");
    let metrics = vec![Metric::Agreement];
    let asked = Settings { metrics, ..Settings::default() };
    refused(&models, &file.spec(), &asked, "needs a second model");
    let asked = Settings { output: Some("other".into()), ..Settings::default() };
    refused(&models, &file.spec(), &asked, "no output `other`");
    let asked = Settings { task: Some(Task::Anomaly), ..Settings::default() };
    refused(&models, &file.spec(), &asked, "different shapes");
    let asked = Settings { task: Some(Task::Regression), ..Settings::default() };
    refused(&models, &file.spec(), &asked, "a label is 1 numbers, the model puts out 12");
    let two = [&models[..], &bundled("ic_small.tflite")].concat();
    refused(&two, &file.spec(), &plain, "inputs of other shapes");
    let nan = File::new(&[("x", &[1, 16], Data::F32(vec![f32::NAN; 16]))]);
    let twice = [&bundled("mlp_float.tflite")[..], &bundled("mlp_float.tflite")].concat();
    refused(&twice, &nan.spec(), &plain, "not a finite number");
}
