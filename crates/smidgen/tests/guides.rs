//! The commands of the guides, on the files that the guides' own scripts have written.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::{root, stderr};

/// The lines of a page's shell blocks that call the program.
fn commands(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/guides").join(page)).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("smidgen "));
    lines.map(str::to_owned).collect()
}

/// Runs the commands of a guide one after the other in a folder with copies of `files`.
#[track_caller]
fn check(page: &str, files: &str, written: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join(files)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let commands = commands(page);
    assert!(commands.len() > 3, "{commands:?}");
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_smidgen"))
            .args(command.split_whitespace().skip(1))
            .current_dir(folder.path())
            .env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "`{command}`: {}", stderr(&output));
    }
    for path in written {
        assert!(Path::new(&folder.path().join(path)).exists(), "`{path}` was not written");
    }
}

#[test]
fn pytorch() {
    let written = ["results.npz", "gestures_c/model.c", "gestures_c/model.h"];
    check("pytorch.md", "tests/fixtures/torch/guide", &written);
}
