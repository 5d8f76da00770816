//! The commands of the guides, run as they are written there.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::root;

/// Runs every line of the guide's `sh` blocks that calls smidgen, in a folder with `files`, which the
/// guide's scripts write. A command whose block is followed by one of text must say each of its
/// lines.
fn check(guide: &str, files: &str) {
    let text = fs::read_to_string(root().join("docs/guides").join(guide)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("tests/fixtures").join(files)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let mut commands = 0;
    let mut said = String::new();
    for block in text.split("\n```").skip(1).step_by(2) {
        let (kind, content) = block.split_once('\n').unwrap();
        match kind {
            "sh" => {
                said.clear();
                for line in content.lines().filter(|line| line.starts_with("smidgen ")) {
                    said.push_str(&run(line, folder.path()));
                    commands += 1;
                }
            }
            "text" => {
                for line in content.lines() {
                    assert!(said.contains(line), "{guide}: no `{line}` in: {said}");
                }
            }
            _ => {}
        }
    }
    assert!(commands > 3, "{guide} has {commands} commands");
}

/// What a command says. One after which the guide writes `# fails` must fail.
fn run(line: &str, folder: &Path) -> String {
    let (command, remark) = line.split_once('#').unwrap_or((line, ""));
    let output = Command::new(env!("CARGO_BIN_EXE_smidgen"))
        .args(command.split_whitespace().skip(1))
        .env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .current_dir(folder)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.success(), !remark.contains("fails"), "{line}: {said}");
    said
}

#[test]
fn keras() {
    check("keras.md", "guides");
}

#[test]
fn onnx_zoo() {
    check("onnx-zoo.md", "guides");
}

#[test]
fn pytorch() {
    check("pytorch.md", "torch/guide");
}
