//! Latency, energy and hot spots as users meet them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use serde_json::{Value, json as value};
use std::fs;
use std::path::Path;
use support::{fails, json, model, root, smidgen, stdout};

const BOARD: &str = "nucleo-l4r5zi";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Runs a small model on a board; returns the report.
#[track_caller]
fn run(options: &[&str]) -> Value {
    let file = model("kws_small.tflite");
    json(&[&["run", &file, "--json"], options].concat(), "smidgen.run/1")
}

#[test]
fn a_real_board_is_priced() {
    let report = run(&["--board", BOARD]);
    assert_eq!((&report["board"], &report["emulated_on"]), (&value!(BOARD), &value!("qemu-m4")));
    let (cycles, latency) = (&report["cycles"], &report["latency_ms"]);
    assert_eq!(cycles["source"], "estimated");
    assert!(number(&cycles["low"]) <= number(&cycles["value"]));
    assert!(number(&cycles["value"]) <= number(&cycles["high"]));
    let milliseconds = number(&cycles["value"]) * 1e3 / number(&report["clock_hz"]);
    assert!((number(&latency["value"]) - milliseconds).abs() < 1e-9);
    let sum = |causes: &Value| -> f64 { causes.as_object().unwrap().values().map(number).sum() };
    assert!((sum(&report["cycle_causes"]) / number(&cycles["value"]) - 1.0).abs() < 1e-9);
    let operators = report["operators"].as_array().unwrap();
    let parts = operators.iter().map(|operator| number(&operator["cycles"]["value"]));
    assert!((parts.sum::<f64>() / number(&cycles["value"]) - 1.0).abs() < 1e-9);
    let bottleneck = report["bottleneck"].as_u64().unwrap() as usize;
    assert!(operators.iter().all(|operator| {
        number(&operator["cycles"]["value"]) <= number(&operators[bottleneck]["cycles"]["value"])
    }));
    assert_eq!(report["fit"]["fits"], true);
    assert!(number(&report["energy"]["microjoules"]["value"]) > 0.0);
}

#[test]
fn clock_and_caches_can_be_chosen() {
    let cycles = |options: &[&str]| {
        let report = run(&[&["--board", BOARD], options].concat());
        (number(&report["cycles"]["value"]), report["clock_hz"].as_u64().unwrap())
    };
    let (own, fastest) = cycles(&[]);
    let (slow, clock) = cycles(&["--clock", "16MHz"]);
    assert!(clock == 16_000_000 && clock < fastest);
    assert!(slow < own, "wait states fall with the clock: {slow}, {own}");
    assert!(cycles(&["--caches", "off"]).0 > own);
}

#[test]
fn a_period_gives_power_and_battery_life() {
    let report = run(&["--board", "nucleo-l476rg", "--period", "10s", "--battery", "220mAh@3V"]);
    let duty = &report["duty"];
    assert_eq!((&duty["keeps_up"], &duty["period_s"]), (&value!(true), &value!(10.0)));
    let hours = 220.0 * 3.0 * 1e3 / number(&duty["average_uw"]);
    assert!((number(&duty["battery_hours"]) / hours - 1.0).abs() < 1e-9);
    let file = model("kws_small.tflite");
    let output = smidgen(&["run", &file, "--board", BOARD, "--period", "1ms"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("too fast"));
}

/// Checks that the table of two boards contains every one of `words`.
#[track_caller]
fn check_table(options: &[&str], words: &[&str]) {
    let file = model("kws_small.tflite");
    let boards = ["run", &file, "--board", "nucleo-l476rg,nucleo-f746zg"];
    let text = stdout(&smidgen(&[&boards, options].concat()));
    for word in words {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

#[test]
fn tables_of_boards_show_power_over_time_and_caveats() {
    check_table(&["--period", "1s"], &["average", "2.51 mW\n"]);
    check_table(&["--period", "10s", "--battery", "220mAh@3V"], &["battery", "days\n"]);
    check_table(&["--period", "30ms"], &["too slow"]);
    check_table(&[], &["mJ ?", "energy and price with ?"]);
    check_table(&[], &["note: all RAM is taken to be in `dtcm`", "(nucleo-f746zg)"]);
}

#[test]
fn a_model_that_does_not_fit_still_shows_what_it_needs() {
    let file = model("ic_small.tflite");
    let output = smidgen(&["run", &file, "--board", "microbit-v1"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(text.contains("DOES NOT FIT") && text.contains("of 16,384 bytes"), "{text}");
}

/// Prices the same model on boards; returns the survey.
#[track_caller]
fn survey(boards: &str, options: &[&str]) -> Value {
    let file = model("autoencoder_small.tflite");
    json(&[&["run", &file, "--json", "--board", boards], options].concat(), "smidgen.survey/1")
}

fn names(survey: &Value) -> Vec<&str> {
    survey["boards"].as_array().unwrap().iter().map(|row| row["board"].as_str().unwrap()).collect()
}

#[test]
fn all_boards_are_surveyed() {
    let survey = survey("all", &[]);
    assert!(names(&survey).len() > 60);
    for row in survey["boards"].as_array().unwrap() {
        assert_eq!(row["fit"]["fits"].is_boolean(), row["latency_ms"]["value"].is_number());
    }
    assert!(survey["boards"].as_array().unwrap().iter().any(|row| row["optimal"] == true));
    let variants = survey["variants"].as_array().unwrap();
    assert!(variants.len() > 6 && variants.iter().all(|variant| variant["verdict"] == "exact"));
    let left_out = survey["left_out"].as_array().unwrap();
    assert!(left_out.iter().any(|board| board["core"].as_str().unwrap().contains("xtensa")));
}

#[test]
fn a_survey_says_the_same_as_a_run() {
    let file = model("autoencoder_small.tflite");
    let survey = survey("nucleo-f746zg,stm32-bluepill", &["--sort", "name"]);
    assert_eq!(names(&survey), ["nucleo-f746zg", "stm32-bluepill"]);
    for row in survey["boards"].as_array().unwrap() {
        let board = row["board"].as_str().unwrap();
        let output = smidgen(&["run", &file, "--json", "--board", board]);
        let alone: Value = serde_json::from_slice(&output.stdout).unwrap();
        for key in ["cycles", "latency_ms", "cycle_causes", "fit", "energy", "band", "core"] {
            assert_eq!(row[key], alone[key], "{board}: {key}");
        }
    }
}

#[test]
fn surveys_are_sorted_with_the_unknown_last() {
    for (key, pointer) in [
        ("latency", "/latency_ms/value"),
        ("energy", "/energy/microjoules/value"),
        ("price", "/price_usd"),
        ("flash", "/fit/flash/available"),
    ] {
        let survey = survey("all", &["--sort", key]);
        let rows = survey["boards"].as_array().unwrap();
        let figures: Vec<f64> = rows
            .iter()
            .filter(|row| key != "energy" || row["energy"]["verified"] != false)
            .map(|row| row.pointer(pointer).and_then(Value::as_f64).unwrap_or(f64::INFINITY))
            .collect();
        assert!(figures.is_sorted(), "{key}: {figures:?}");
    }
}

#[test]
fn surveys_are_tables_and_csv() {
    let file = model("autoencoder_small.tflite");
    let text = stdout(&smidgen(&["run", &file, "-b", "rpi-pico,nucleo-l4r5zi,esp32s3-devkitc-1"]));
    for word in ["rpi-pico", "not estimated", "xtensa", "exact", "estimated", "*"] {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
    let csv = stdout(&smidgen(&["run", &file, "-b", "rpi-pico", "--csv"]));
    let lines: Vec<_> = csv.lines().collect();
    assert!(lines[0].starts_with("board,chip,core,") && lines[1].starts_with("rpi-pico,"));
    assert_eq!(lines.len(), 2);
}

#[test]
fn a_profile_says_where_cycles_go() {
    let folder = tempfile::tempdir().unwrap();
    let (flame, trace) = (folder.path().join("flame.svg"), folder.path().join("trace.json"));
    let args = [
        "profile",
        &model("kws_small.tflite"),
        "--board",
        BOARD,
        "--flame",
        flame.to_str().unwrap(),
        "--trace",
        trace.to_str().unwrap(),
        "--json",
    ];
    let report = json(&args, "smidgen.profile/1");
    let total = number(&report["cycles"]["value"]);
    for parts in ["operators", "functions", "classes"] {
        let cycles = report[parts].as_array().unwrap().iter().map(|part| number(&part["cycles"]));
        assert!((cycles.sum::<f64>() / total - 1.0).abs() < 1e-9, "{parts}");
    }
    let hottest = &report["loops"][0];
    assert!(number(&hottest["share"]) > 0.3 && hottest["mix"][0]["class"].is_string());
    assert!(report["lines"][0]["text"].as_str().unwrap().len() > 5);
    assert_eq!(report["unknown_instructions"], 0);
    let svg = fs::read_to_string(&flame).unwrap();
    assert!(svg.contains("<svg") && svg.contains("stem/conv/Relu") && svg.contains("data stall"));
    let trace: Value = serde_json::from_str(&fs::read_to_string(&trace).unwrap()).unwrap();
    check_trace(&trace, number(&report["latency_ms"]["value"]));
}

/// Operators follow each other without gaps, functions stay inside theirs, and all takes as long
/// as the inference.
fn check_trace(trace: &Value, milliseconds: f64) {
    let events = trace["traceEvents"].as_array().unwrap();
    let ends = |event: &Value| (number(&event["ts"]), number(&event["ts"]) + number(&event["dur"]));
    let mut operator = (0.0, 0.0);
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let (start, end) = ends(event);
        if event["cat"] == "operator" {
            assert!((start - operator.1).abs() < 1e-2);
            operator = (start, end);
        } else {
            assert!(operator.0 - 1e-6 <= start && end <= operator.1 + 1e-6, "{event}");
        }
    }
    assert!((operator.1 / 1e3 - milliseconds).abs() < 1e-3);
}

/// Keeps a run; returns its folder.
fn kept(folder: &Path) -> String {
    let keep = folder.join("kept").to_string_lossy().into_owned();
    run(&["--board", BOARD, "--keep", &keep]);
    keep
}

#[test]
fn a_kept_run_can_be_priced_again() {
    let folder = tempfile::tempdir().unwrap();
    let keep = kept(folder.path());
    let fresh = json(
        &["profile", &model("kws_small.tflite"), "--board", BOARD, "--json"],
        "smidgen.profile/1",
    );
    assert_eq!(json(&["profile", "--from", &keep, "--json"], "smidgen.profile/1"), fresh);
    let other = ["profile", "--from", &keep, "--board", "nrf52840dk", "--json"];
    assert_eq!(json(&other, "smidgen.profile/1")["core"], "cortex-m4");
    fails(&["profile", "--from", &keep, "--board", "rpi-pico"], 2, &["cortex-m4", "cortex-m0plus"]);
}

/// Keeps a run, changes one of its files, and expects an error that contains `words`.
#[track_caller]
fn check_hostile(file: &str, edit: impl FnOnce(String) -> String, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let keep = kept(folder.path());
    let path = Path::new(&keep).join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, edit(text)).unwrap();
    fails(&["profile", "--from", &keep], 1, &[&[file], words].concat());
}

#[test]
fn profiles_of_other_programs_are_refused() {
    let other = |text: String| {
        let line = text.lines().find(|line| line.starts_with("build ")).unwrap().to_string();
        text.replace(&line, "build 0123")
    };
    check_hostile("profile0.txt", other, &["another program", "0123"]);
}

#[test]
fn newer_profiles_are_refused() {
    let newer = |text: String| {
        let (_, rest) = text.split_once('\n').unwrap();
        format!("smidgen-profile 99\n{rest}")
    };
    check_hostile("profile0.txt", newer, &["99"]);
}

#[test]
fn damaged_files_are_refused() {
    check_hostile("profile0.txt", |text| text[..text.len() / 2].to_string(), &["line"]);
    check_hostile("report.json", |text| text[..text.len() / 2].to_string(), &["EOF"]);
    check_hostile("report.json", |_| "{}".to_string(), &["missing field"]);
    check_hostile("report.json", |text| text.replace("run/1", "run/9"), &["smidgen.run/9"]);
    let folder = tempfile::tempdir().unwrap();
    let keep = kept(folder.path());
    fs::write(Path::new(&keep).join("firmware.elf"), "no program").unwrap();
    fails(&["profile", "--from", &keep], 1, &["profile0.txt"]);
    fails(&["profile", "--from", "nowhere"], 2, &["cannot read", "nowhere"]);
    fails(&["profile", "--from", &keep, "--weights-in", "ram"], 2, &["--weights-in"]);
}

#[test]
fn absurd_figures_are_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let keep = kept(folder.path());
    let path = Path::new(&keep).join("report.json");
    let mut report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for operator in report["operators"].as_array_mut().unwrap() {
        operator["macs"] = value!(u64::MAX);
        operator["working_set"] = value!({ "constants": u64::MAX, "arena": u64::MAX });
    }
    fs::write(&path, report.to_string()).unwrap();
    json(&["profile", "--from", &keep, "--json"], "smidgen.profile/1");
}

#[test]
fn wrong_terms_are_refused_in_words() {
    let file = model("kws_small.tflite");
    let check = |options: &[&str], words: &[&str]| {
        fails(&[&["run", &file, "--board", BOARD], options].concat(), 2, words);
    };
    check(&["--clock", "80"], &["--clock", "80MHz"]);
    check(&["--clock", "200MHz"], &["nucleo-l4r5zi", "120 MHz at most"]);
    check(&["--caches", "maybe"], &["--caches"]);
    check(&["--period", "0s"], &["--period", "1s"]);
    check(&["--period", "fast"], &["--period"]);
    check(&["--battery", "220mAh@3V"], &["--period"]);
    check(&["--period", "1s", "--battery", "3V"], &["--battery", "220mAh@3V"]);
    check(&["--board", "nucleo-l4r5zj"], &["did you mean `nucleo-l4r5zi`"]);
    check(&["--board", "all", "--keep", "x"], &["--keep", "single board"]);
    check(&["--csv", "--keep", "x"], &["--keep", "without `--csv`"]);
    fails(&["run", &file, "--board", "esp32s3-devkitc-1"], 2, &["esp32s3-devkitc-1", "xtensa"]);
    let output = smidgen(&["run", &file, "--board", "esp32s3-devkitc-1,xiao-esp32s3"]);
    assert_eq!(output.status.code(), Some(2));
    fails(&["profile"], 2, &["MODEL"]);
    fails(&["profile", &file, "--board", "host"], 2, &["host"]);
}

/// The README's commands, each with the output that it shows.
fn shown() -> Vec<(String, String)> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("```text\n$ smidgen ").skip(1);
    let block = |block: &str| {
        let (command, rest) = block.split_once('\n').unwrap();
        (command.to_string(), rest.split_once("```\n").unwrap().0.to_string())
    };
    blocks.map(block).collect()
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let blocks = shown();
    assert!(blocks.len() >= 3);
    let report = run(&[]);
    let tools = ["toolchain", "runner"].map(|key| report[key].as_str().unwrap());
    // Figures depend on the compiler; with another one only the commands are tried.
    let comparable =
        blocks.iter().any(|(_, output)| tools.iter().all(|tool| output.contains(tool)));
    for (command, expected) in blocks {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_smidgen"))
            .args(command.split(' '))
            .current_dir(root())
            .env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}");
        if comparable {
            assert_eq!(stdout(&output), expected, "`cargo xtask docs` writes it: {command}");
        }
    }
}
