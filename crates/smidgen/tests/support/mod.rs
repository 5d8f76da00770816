//! Runs the binary.
#![allow(dead_code, reason = "each test file uses a part")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A bundled model.
pub(crate) fn model(name: &str) -> String {
    root().join("models").join(name).to_string_lossy().into_owned()
}

/// Runs a command with its own cache.
pub(crate) fn smidgen(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smidgen"))
        .args(args)
        .env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .output()
        .unwrap()
}

/// What it printed.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs a command that must end well and print JSON of the given schema.
#[track_caller]
pub(crate) fn json(args: &[&str], schema: &str) -> Value {
    let output = smidgen(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["schema"], schema);
    value
}

/// Runs a command that must fail with `code` and a message that contains every one of `words`.
#[track_caller]
pub(crate) fn fails(args: &[&str], code: i32, words: &[&str]) {
    let output = smidgen(args);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
    for word in words {
        assert!(message.contains(word), "{args:?}: no `{word}` in: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}
