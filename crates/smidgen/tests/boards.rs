//! `smidgen boards` and `--targets` as users meet them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value;
use std::fs;
use std::process::{Command, Output};

fn smidgen(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smidgen"))
        .args(args)
        .env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .output()
        .unwrap()
}

/// What a command that must end well prints.
#[track_caller]
fn prints(args: &[&str]) -> String {
    let output = smidgen(args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {message}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names that `smidgen boards` lists with `options`.
#[track_caller]
fn listed(options: &[&str]) -> Vec<String> {
    let json = prints(&[&["boards", "--json"], options].concat());
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "smidgen.boards/1");
    let boards = value["boards"].as_array().unwrap().iter();
    boards.map(|board| board["name"].as_str().unwrap().to_string()).collect()
}

/// Checks that filters keep the one board and leave out the other.
#[track_caller]
fn check_filter(options: &[&str], kept: &str, left_out: &str) {
    let names = listed(options);
    let has = |name: &str| names.iter().any(|found| found == name);
    assert!(has(kept) && !has(left_out), "{options:?}: {names:?}");
}

#[track_caller]
fn fails(args: &[&str], words: &[&str]) {
    let output = smidgen(args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
    for word in words {
        assert!(message.contains(word), "{args:?}: no `{word}` in: {message}");
    }
}

#[test]
fn all_boards_are_listed() {
    let names = listed(&[]);
    assert!(names.len() > 80 && names.is_sorted(), "{names:?}");
    let text = prints(&["boards"]);
    assert_eq!(text.lines().count(), names.len() + 1);
    let line = text.lines().find(|line| line.starts_with("nucleo-l4r5zi ")).unwrap();
    for part in ["cortex-m4", "120", "640", "2048", "DSP FPU", "20", "on qemu-m4"] {
        assert!(line.contains(part), "no `{part}` in: {line}");
    }
}

#[test]
fn boards_are_filtered() {
    check_filter(&["--core", "cortex-m4"], "nucleo-l4r5zi", "nucleo-u575zi-q");
    check_filter(&["--core", "cortex-m3", "--core", "cortex-m33"], "nucleo-u575zi-q", "rpi-pico");
    check_filter(&["--vendor", "nordic"], "nrf52dk", "nucleo-l4r5zi");
    check_filter(&["--feature", "mve"], "ek-ra8d1", "nucleo-h743zi2");
    check_filter(&["--min-ram", "640K"], "nucleo-l4r5zi", "nucleo-f446re");
    check_filter(&["--min-flash", "2M"], "nucleo-l4r5zi", "nucleo-f446re");
    check_filter(&["--min-clock", "200MHz"], "nucleo-f746zg", "nucleo-l4r5zi");
    check_filter(&["--max-price", "20"], "nucleo-l4r5zi", "nucleo-u385rg-q");
    check_filter(&["--emulated"], "rpi-pico", "esp32-wroom-32");
    check_filter(&["--search", "PICO"], "rpi-pico", "nucleo-l4r5zi");
    check_filter(&["--core", "cortex-m4", "--min-clock", "150MHz"], "nucleo-f446re", "nrf52dk");
}

#[test]
fn a_filter_may_leave_nothing() {
    assert_eq!(listed(&["--search", "no such board"]), [""; 0]);
    assert_eq!(prints(&["boards", "--search", "no such board"]), "no board is like that\n");
}

#[test]
fn boards_are_sorted() {
    assert_eq!(listed(&["--sort", "clock"])[0], "mimxrt1170-evk");
    let cheapest = listed(&["--sort", "price", "--search", "pi"]);
    assert_eq!(cheapest[0], "stm32-bluepill");
    assert_eq!(listed(&["--sort", "ram"])[0], "qemu-m0plus");
    assert_eq!(listed(&["--sort", "price"]).len(), listed(&[]).len());
}

#[test]
fn wrong_filters_are_refused() {
    fails(&["boards", "--core", "cortex-m5"], &["no board has core `cortex-m5`", "cortex-m55"]);
    fails(&["boards", "--min-ram", "1X"], &["a number of bytes is like"]);
    fails(&["boards", "nrf52dk", "--sort", "ram"], &["cannot be used with"]);
    fails(&["boards", "nrf52dk", "--emulated"], &["cannot be used with"]);
}

#[test]
fn one_board_is_shown_with_its_sources() {
    let text = prints(&["boards", "stm32f746g-disco"]);
    for part in [
        "STM32F746NG, STMicroelectronics",
        "cortex-m7-sp",
        "on qemu-m7",
        "216 MHz",
        "57 USD (2023",
        "7 wait states for 32 bytes, 2 bus cycles ?",
        "instruction TCM: fast code",
        "l1-dcache",
        "RIOT source tree",
        "RM0385",
        "?  remembered or inferred",
    ] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
    assert!(prints(&["boards", "host"]).contains("This computer"));
    fails(&["boards", "stm32f746g-disko"], &["did you mean `stm32f746g-disco`?"]);
}

#[test]
fn every_board_can_be_shown() {
    for name in listed(&[]) {
        assert!(prints(&["boards", &name]).starts_with(&format!("{name}: ")));
    }
}

#[test]
fn one_board_is_json() {
    let value: Value =
        serde_json::from_str(&prints(&["boards", "nucleo-l4r5zi", "--json"])).unwrap();
    assert_eq!(value["schema"], "smidgen.board/1");
    assert_eq!(value["emulated_by"], "qemu-m4");
    assert_eq!(value["pipeline"]["name"], "cortex-m4");
    let board = &value["board"];
    let chip = &board["platform"]["device"]["chip"];
    assert_eq!(board["price"]["year"], 2023);
    assert_eq!(chip["memories"][0]["timing"]["delay"]["wait-states"][5]["cycles"], 5);
    assert_eq!(chip["power"][1]["milliwatts"], 41.9);
    assert!(!chip["provenance"]["unverified"].as_array().unwrap().is_empty());
}

#[test]
fn fields_are_explained() {
    let text = prints(&["boards", "--explain-field", "wait_states"]);
    assert!(text.contains("memories.timing.wait_states (chips/NAME.toml; array of tables)"));
    assert!(text.contains("the wait states up to each clock"));
    assert!(prints(&["boards", "--explain-field"]).lines().count() > 100);
    let json = prints(&["boards", "--explain-field", "serves", "--json"]);
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "smidgen.fields/1");
    assert_eq!(value["fields"][0]["choices"][2]["value"], "unified");
    fails(&["boards", "--explain-field", "wait_stats"], &["did you mean `wait_states`?"]);
}

#[test]
fn own_targets_are_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    fails(&["boards", "--targets", path], &["expected a folder with folders"]);
    fs::create_dir(folder.path().join("boards")).unwrap();
    let file = folder.path().join("boards/mine.toml");
    let board = "description = \"Mine\"\nchip = \"stm32l4r5zi\"\nclock_hz = 80_000_000\n\
                 code = \"flash\"\ndata = \"sram\"\n";
    fs::write(&file, board).unwrap();
    assert!(prints(&["boards", "mine", "--targets", path]).contains("3 wait states for 8 bytes"));
    fails(&["boards", "mine"], &["there is no board `mine`"]);
    fs::write(&file, board.replace("80_000_000", "0")).unwrap();
    fails(&["--targets", path, "boards"], &["boards/mine.toml: field `clock_hz`: must be from 1"]);
}
