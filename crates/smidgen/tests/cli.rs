//! The command as users meet it: the real binary, its output, its messages and exit codes.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::{fails, json, model, root, smidgen, stderr, stdout};

fn corrupt(name: &str, edit: impl FnOnce(&mut Vec<u8>)) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.tflite");
    let mut bytes = fs::read(model(name)).unwrap();
    edit(&mut bytes);
    fs::write(&path, bytes).unwrap();
    (folder, path.to_string_lossy().into_owned())
}

#[test]
fn run_reports_what_the_documentation_promises() {
    let report = json(&["run", &model("kws_small.tflite"), "--json"], "smidgen.run/1");
    for key in [
        "model",
        "board",
        "core",
        "recipe",
        "verdict",
        "max_difference",
        "instructions",
        "cycles",
        "latency_ms",
        "ram_bytes",
        "flash_bytes",
        "operators",
    ] {
        assert!(report.get(key).is_some(), "no `{key}`");
    }
    assert_eq!(report["verdict"], "exact");
    assert_eq!(report["board"], "qemu-m4");
    assert_eq!(report["emulated_on"], Value::Null);
    assert_eq!(report["energy"], Value::Null);
    assert!(report["cycles"]["value"].as_f64().unwrap() > 1e6);
    let sum = |object: &Value, keys: &[&str]| -> u64 {
        keys.iter().map(|key| object[key].as_u64().unwrap()).sum()
    };
    let (ram, flash) = (&report["ram_bytes"], &report["flash_bytes"]);
    assert_eq!(sum(ram, &["arena", "static", "stack"]), ram["total"].as_u64().unwrap());
    assert_eq!(sum(flash, &["weights", "constants", "code"]), flash["total"].as_u64().unwrap());
    let operators = report["operators"].as_array().unwrap();
    let total = |key: &str| -> u64 { operators.iter().map(|o| o[key].as_u64().unwrap()).sum() };
    assert_eq!(total("instructions"), report["instructions"].as_u64().unwrap());
    assert_eq!(total("macs"), report["model"]["macs"].as_u64().unwrap());
    assert!(total("flash_bytes") <= flash["total"].as_u64().unwrap());
}

#[test]
fn runs_are_the_same_every_time() {
    let run = || stdout(&smidgen(&["run", &model("mixed_int8.tflite"), "--json"]));
    assert_eq!(run(), run());
}

#[test]
fn outputs_can_be_saved_and_fed_again() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results.npz");
    let keep = folder.path().join("kept");
    let golden = root().join("models/golden/mixed_int8.npz");
    let args = [
        "run",
        &model("mixed_int8.tflite"),
        "--input",
        golden.to_str().unwrap(),
        "--output",
        results.to_str().unwrap(),
        "--keep",
        keep.to_str().unwrap(),
        "--board",
        "host",
        "--json",
    ];
    assert_eq!(json(&args, "smidgen.run/1")["samples"], 4);
    assert!(fs::metadata(&results).unwrap().len() > 100);
    for file in ["model.c", "model.h", "report.json", "firmware.elf"] {
        assert!(keep.join(file).exists(), "{file}");
    }
    let file = model("autoencoder_small.tflite");
    json(&["run", &file, "--keep", keep.to_str().unwrap(), "--json"], "smidgen.run/1");
    let profile = fs::read_to_string(keep.join("profile0.txt")).unwrap();
    assert!(profile.starts_with("smidgen-profile 2\n") && profile.ends_with("end\n"));
    fails(
        &["run", &model("kws_small.tflite"), "--input", results.to_str().unwrap()],
        1,
        &["no array `in0`", "out0"],
    );
}

#[test]
fn parts_of_a_model_can_be_in_ram() {
    let file = model("kws_small.tflite");
    let run =
        |options: &[&str]| json(&[&["run", &file, "--json"], options].concat(), "smidgen.run/1");
    let statics = |report: &Value| report["ram_bytes"]["static"].as_u64().unwrap();
    let plain = run(&[]);
    let weights = run(&["--weights-in", "ram"]);
    let (flash, copied) = (&plain["flash_bytes"], statics(&weights));
    assert_eq!(weights["recipe"]["weights"], "ram");
    assert_eq!((&weights["verdict"], &weights["flash_bytes"]), (&plain["verdict"], flash));
    assert!(copied >= flash["weights"].as_u64().unwrap());
    let both = run(&["--weights-in", "ram", "--code-in", "ram"]);
    assert!(both["verdict"] == "exact" && statics(&both) > copied);

    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("r.toml");
    let layer = plain["operators"][0]["name"].as_str().unwrap();
    fs::write(&recipe, format!("weights = [{layer:?}]")).unwrap();
    let one = run(&["--recipe", recipe.to_str().unwrap()]);
    assert!(statics(&one) > 0 && statics(&one) < copied);
    fs::write(&recipe, "code = [\"no such layer\"]").unwrap();
    let recipe = recipe.to_str().unwrap();
    fails(&["run", &file, "--recipe", recipe], 2, &["no layer is called `no such layer`"]);
}

/// Compilers and options for every core; Clang has no headers for bare-metal targets, so it is told
/// that there is no C library.
const CROSS: &[&[&str]] = &[
    &["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"],
    &["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
    &["arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"],
    &["riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32"],
    &["riscv64-unknown-elf-gcc", "-march=rv32imafc", "-mabi=ilp32f"],
    &["clang", "--target=arm-none-eabi", "-mcpu=cortex-m0plus"],
    &["clang", "--target=arm-none-eabi", "-mcpu=cortex-m4"],
    &["clang", "--target=arm-none-eabi", "-mcpu=cortex-m55"],
    &["clang", "--target=riscv32-unknown-elf", "-march=rv32imc", "-mabi=ilp32"],
];

/// Runs a compiler on a package.
fn compile(package: &Path, command: &[&str], files: &[&str]) {
    let output = Command::new(command[0])
        .args(&command[1..])
        .args(["-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"])
        .args(["-I."])
        .args(files)
        .current_dir(package)
        .output();
    let package = package.display();
    let output = output.unwrap_or_else(|error| {
        panic!("`{}`: {error}; `cargo xtask test` installs the compilers", command[0])
    });
    assert!(output.status.success(), "{package}: {command:?}: {}", stderr(&output));
}

/// Gives all functions and constants of the model called `name` sections, and looks whether any is
/// elsewhere.
fn check_sections(package: &Path, command: &[&str], name: &str) {
    let name = name.to_uppercase();
    let place = |part: &str, section: &str| {
        format!("-D{name}_{part}=__attribute__((section(\"{section}\")))")
    };
    let (code, weights) = (place("CODE", ".fast_code"), place("WEIGHTS", ".fast_data"));
    let assembly = package.join("model.s");
    compile(package, command, &["-ffreestanding", "-S", "model.c", &code, &weights]);
    let text = fs::read_to_string(assembly).unwrap();
    let mut section = "";
    for line in text.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [".section", name, ..] => section = name,
            [".text" | ".data" | ".bss", ..] => section = line,
            _ => {}
        }
        let label = line.strip_suffix(':').unwrap_or_default();
        if label.starts_with("step_") || label.starts_with("kernel_") || label.ends_with("_run") {
            assert!(section.starts_with(".fast_code"), "{command:?}: {label} is in {section}");
        }
        if label.starts_with("w0") || label.starts_with("w1") {
            assert!(section.starts_with(".fast_data"), "{command:?}: {label} is in {section}");
        }
    }
    assert!(text.contains(".fast_code") && text.contains(".fast_data"));
}

#[test]
fn generated_c_is_clean_for_both_compilers() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["kws_small", "ic_small", "autoencoder_small", "mlp_float", "mixed_int8"] {
        let package = folder.path().join(name);
        let file = model(&format!("{name}.tflite"));
        json(&["compile", &file, "-o", package.to_str().unwrap(), "--json"], "smidgen.compile/1");
        for compiler in ["gcc", "clang"] {
            let program = format!("{compiler}.out");
            compile(&package, &[compiler], &["model.c", "example/main.c", "-o", &program]);
            let run = Command::new(package.join(&program)).output().unwrap();
            assert!(run.status.success() && !run.stdout.is_empty());
        }
        for command in CROSS {
            compile(&package, command, &["-ffreestanding", "-c", "model.c"]);
            check_sections(&package, command, name);
        }
        for entry in fs::read_dir(&package).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            for header in text.lines().filter_map(|line| line.strip_prefix("#include <")) {
                assert!(["stddef.h>", "stdint.h>"].contains(&header), "{path:?}: {header}");
            }
        }
    }
    let again = folder.path().join("kws_small");
    fails(
        &["compile", &model("kws_small.tflite"), "-o", again.to_str().unwrap()],
        2,
        &["is not empty", "--force"],
    );
}

#[test]
fn what_is_converted_is_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (once, twice) = (path("once.tflite"), path("twice.tflite"));
    let file = model("mixed_int8.tflite");
    let report = json(&["convert", &file, "-o", &once, "--json"], "smidgen.convert/1");
    assert_eq!(report["bytes"].as_u64(), Some(fs::metadata(&once).unwrap().len()));
    smidgen(&["convert", &once, "-o", &twice]);
    assert_eq!(fs::read(&once).unwrap(), fs::read(&twice).unwrap());
    let macs = |file: &str| {
        json(&["inspect", file, "--json"], "smidgen.inspect/1")["model"]["macs"].clone()
    };
    assert_eq!(macs(&file), macs(&once));
    fails(&["convert", &file, "-o", &path("none/once.tflite")], 2, &["none"]);
}

/// A float network, and samples of it.
fn float_network() -> [String; 2] {
    ["digits_residual.tflite", "calibration.npz"].map(|name| {
        root().join("tests/fixtures/quantised").join(name).to_string_lossy().into_owned()
    })
}

#[test]
fn quantize_reports_what_the_documentation_promises() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.tflite").to_string_lossy().into_owned();
    let [file, data] = float_network();
    let args = ["quantize", &file, "--data", &data, "--samples", "8", "-o", &made, "--json"];
    let report = json(&args, "smidgen.quantize/1");
    let documented = fs::read_to_string(root().join("docs/json.md")).unwrap();
    let (_, section) = documented.split_once("smidgen.quantize/1`").unwrap();
    let section = section.split("\n## ").next().unwrap();
    for (key, value) in report.as_object().unwrap() {
        assert!(key == "schema" || section.contains(&format!("| `{key}")), "`{key}`");
        let entries = value.as_array().and_then(|entries| entries.first()?.as_object());
        for field in entries.into_iter().flat_map(|entry| entry.keys()) {
            assert!(section.contains(&format!("`{field}`")), "`{key}[].{field}`");
        }
    }
    assert_eq!(report["file_bytes"].as_u64(), Some(fs::metadata(&made).unwrap().len()));
    assert_eq!((&report["samples"], &report["compared"]), (&8.into(), &8.into()));
    let written = report["candidates"].as_array().unwrap().iter();
    assert_eq!(written.filter(|candidate| candidate["written"] == true).count(), 1);
    fails(&[&args[..], &["--mixed"]].concat(), 2, &["--max-ram"]);
    fails(&["quantize", &file, "--data", &data, "-o", &made, "--max-ram", "1K"], 2, &["--mixed"]);
    fails(&["quantize", &made, "--data", &data, "-o", &made], 1, &["no layers of floats"]);
}

#[test]
fn models_are_quantised_on_the_way() {
    let [file, data] = float_network();
    let run = ["run", &file, "--quantize", "--data", &data, "--board", "host", "--json"];
    assert_eq!(json(&run, "smidgen.run/1")["verdict"], "exact");
    fails(&["run", &file, "--quantize"], 2, &["--input"]);
}

#[test]
fn inspect_shows_layers_and_memory() {
    let file = model("ic_small.tflite");
    let report = json(&["inspect", &file, "--json"], "smidgen.inspect/1");
    assert!(report["memory"]["arena_bytes"].as_u64().unwrap() > 0);
    let text = stdout(&smidgen(&["inspect", &file]));
    for word in ["CONV_2D", "peak", "MACs", "arena"] {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

#[test]
fn verify_compares_every_layer() {
    let file = model("mixed_int8.tflite");
    let report = json(&["verify", &file, "--json"], "smidgen.verify/1");
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 2);
    assert!(targets.iter().all(|target| target["verdict"] == "exact"));
}

#[test]
fn bench_keeps_failures_as_rows() {
    let (_folder, broken) = corrupt("kws_small.tflite", |bytes| bytes.truncate(1000));
    let file = model("autoencoder_small.tflite");
    let args = ["bench", &file, &broken, "-b", "host", "-b", "qemu-m0plus", "--csv"];
    let output = smidgen(&args);
    assert_eq!(output.status.code(), Some(1));
    let csv = stdout(&output);
    let rows = csv.lines().filter(|line| line.contains(".tflite,")).count();
    assert_eq!(rows, 4, "{csv}");
    assert!(csv.contains("autoencoder_small.tflite,qemu-m0plus,cortex-m0plus,exact"), "{csv}");
}

#[test]
fn broken_models_are_refused_in_words() {
    let (_a, truncated) = corrupt("kws_small.tflite", |bytes| bytes.truncate(2000));
    fails(&["run", &truncated], 1, &["cannot use model `broken`"]);
    let (_b, identifier) = corrupt("kws_small.tflite", |bytes| bytes[4] = b'X');
    fails(&["inspect", &identifier], 1, &["cannot use model `broken`"]);
    let (_c, empty) = corrupt("kws_small.tflite", Vec::clear);
    fails(&["compile", &empty, "-o", "nowhere"], 1, &["cannot use model `broken`"]);
    assert!(!Path::new("nowhere").exists());
}

#[test]
fn wrong_options_are_refused_in_words() {
    let file = model("kws_small.tflite");
    fails(&["run", &file, "--board", "qemu-m5"], 2, &["qemu-m5", "did you mean `qemu-m"]);
    fails(&["run", "no_such_file.tflite"], 2, &["cannot read `no_such_file.tflite`"]);
    fails(&["run", &file, "--trials", "0"], 2, &["--trials"]);
    fails(&["frobnicate"], 2, &["frobnicate"]);
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("r.toml");
    fs::write(&recipe, "planer = \"exact\"").unwrap();
    fails(&["run", &file, "--recipe", recipe.to_str().unwrap()], 2, &["planer", "planner"]);
    let wrong = root().join("models/golden/ic_small.npz");
    fails(&["run", &file, "--input", wrong.to_str().unwrap()], 1, &["in0", "int8"]);
    let garbage = folder.path().join("x.npz");
    fs::write(&garbage, "no archive").unwrap();
    fails(&["run", &file, "--input", garbage.to_str().unwrap()], 1, &["is no `.npz` file"]);
}

#[test]
fn samples_come_from_tables_too() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("x.csv");
    let row = |cell: &str| vec![cell; 490].join(",");
    fs::write(&table, format!("{}\n{}\n{}\n", row("0"), row("1.5"), row("0"))).unwrap();
    let file = model("kws_small.tflite");
    let run = ["run", &file, "--data", table.to_str().unwrap(), "--board", "host", "--json"];
    assert_eq!(json(&run, "smidgen.run/1")["samples"], 3);
    let output = smidgen(&run);
    let notes = String::from_utf8_lossy(&output.stderr);
    assert!(notes.contains("note: some samples are zero everywhere"), "{notes}");
    let part = [&run[..], &["--shuffle", "--seed", "7", "--trials", "2"]].concat();
    assert_eq!(json(&part, "smidgen.run/1")["samples"], 2);
    let strict = [&run[..], &["--values", "codes"]].concat();
    fails(&strict, 1, &["line 2", "element 0 is `1.5`"]);
    fails(&[&run[..], &["--seed", "7"]].concat(), 2, &["--shuffle"]);
    fails(&["run", &file, "--scale", "1/255"], 2, &["need `--input`"]);
    fails(&[&run[..], &["--scale", "1/0"]].concat(), 2, &["a fraction"]);
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let (_folder, broken) = corrupt("kws_small.tflite", |bytes| bytes.truncate(1000));
    let output = smidgen(&["run", &broken, "--json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["schema"], "smidgen.error/1");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn every_command_has_examples() {
    for command in [
        "run",
        "profile",
        "compile",
        "inspect",
        "verify",
        "accuracy",
        "bench",
        "boards",
        "doctor",
        "completions",
    ] {
        let help = stdout(&smidgen(&[command, "--help"]));
        assert!(help.contains("Examples:"), "{command}: {help}");
    }
    let script = stdout(&smidgen(&["completions", "bash"]));
    for word in ["_smidgen", "--battery", "--flame", "--sort"] {
        assert!(script.contains(word), "no `{word}`");
    }
    json(&["boards", "--json"], "smidgen.boards/1");
    json(&["doctor", "--json"], "smidgen.doctor/1");
}
