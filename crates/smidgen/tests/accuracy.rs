//! `smidgen accuracy` as users meet it.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::fs;
use support::{fails, json, model, root, smidgen, stderr, stdout};

const SCHEMA: &str = "smidgen.accuracy/1";

fn guide(name: &str) -> String {
    root().join("tests/fixtures/guides").join(name).to_string_lossy().into_owned()
}

fn digits() -> [String; 3] {
    [guide("digits_float.tflite"), guide("digits_int8.tflite"), guide("digits_test.npz")]
}

#[test]
fn models_are_compared_side_by_side() {
    let [float, int8, data] = digits();
    let args = ["accuracy", &float, &int8, "--data", &data, "--board", "nucleo-l4r5zi", "--json"];
    let report = json(&args, SCHEMA);
    assert_eq!((&report["task"], &report["samples"]), (&"classification".into(), &360.into()));
    assert_eq!(report["inferences"], 720);
    let top1 = |model: usize| report["models"][model]["values"]["top1"].as_f64().unwrap();
    // What Keras and the interpreters of TFLite give.
    assert!(top1(0) > 0.95 && (top1(0) - top1(1)).abs() < 0.02, "{} {}", top1(0), top1(1));
    assert_ne!(report["models"][0]["target"]["verdict"], "wrong");
    assert_eq!(report["models"][1]["target"]["verdict"], "exact");
    assert!(report["models"][1]["target"]["run"]["latency_ms"]["value"].as_f64().unwrap() > 0.1);

    let output = smidgen(&["accuracy", &float, &int8, "--data", &data, "--confusion"]);
    let text = stdout(&output);
    for part in ["digits_float", "top1", "agreement", "SQNR", " dB", "precision", "prediction"] {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "no `{part}` in: {text}");
    }
    let rate = stderr(&output);
    assert!(rate.contains("720 inferences in") && rate.contains("per second"), "{rate}");
    assert_eq!(
        text,
        stdout(&smidgen(&["accuracy", &float, &int8, "--data", &data, "--confusion"]))
    );
}

#[test]
fn missed_bounds_end_with_1() {
    let [float, int8, data] = digits();
    let base = ["accuracy", &float, &int8, "--data", &data, "--trials", "50"];
    let run = |more: &[&str]| smidgen(&[&base[..], more].concat());
    let kept = run(&["--at-least", "top1=0.5", "--at-most", "drop=0.5"]);
    assert_eq!(kept.status.code(), Some(0), "{}", stderr(&kept));
    let missed = run(&["--at-least", "top1=0.5", "--at-least", "sqnr=300"]);
    assert_eq!(missed.status.code(), Some(1));
    let text = stdout(&missed);
    assert!(text.contains("MISSED: sqnr of digits_int8") && text.contains("met: top1"), "{text}");
}

#[test]
fn recipes_are_compared_too() {
    let [_, int8, data] = digits();
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("litert.toml");
    fs::write(&recipe, "rounding = \"litert\"").unwrap();
    let recipe = recipe.to_str().unwrap();
    let report = json(&["accuracy", &int8, "--also", recipe, "--data", &data, "--json"], SCHEMA);
    assert_eq!(report["models"][1]["name"], "digits_int8, litert");
    assert_eq!(report["models"][1]["recipe"]["rounding"], "litert");
    assert!(report["models"][1]["values"]["agreement"].as_f64().unwrap() > 0.99);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let [float, _, data] = digits();
    fails(&["accuracy", &float], 2, &["--data"]);
    fails(&["accuracy", &float, "--data", &data, "--metric", "top0"], 2, &["`top0` is unknown"]);
    fails(&["accuracy", &float, "--data", &data, "--metric", "mae"], 2, &["no metric of"]);
    fails(&["accuracy", &float, "--data", &data, "--sequence", "0"], 2, &["or `all`"]);
    fails(&["accuracy", &float, "--data", &data, "--emulated", "3"], 2, &["--board"]);
    fails(&["accuracy", &model("kws_small.tflite"), "--data", &data], 1, &["its shape is"]);
    fails(&["accuracy", &float, "--data", &data, "--trials", "361"], 1, &["has 360 samples"]);
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels.csv");
    fs::write(&labels, "1\n2\n").unwrap();
    let labels = labels.to_str().unwrap();
    fails(&["accuracy", &float, "--data", &data, "--labels", labels], 1, &["there are 2 labels"]);
    fs::write(labels, "10\n".repeat(360)).unwrap();
    fails(&["accuracy", &float, "--data", &data, "--labels", labels], 1, &["10 is out of range"]);
}
