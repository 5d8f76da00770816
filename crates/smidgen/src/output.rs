//! The only place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use serde::Serialize;
use smidgen_study::Error;

/// Prints a result.
pub(crate) fn text(text: &str) {
    use std::io::Write;
    // A reader that closed its end wants no more: that is no error.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints a result as JSON.
pub(crate) fn json(value: &impl Serialize) {
    let json = serde_json::to_string_pretty(value).expect("reports have text keys only");
    text(&format!("{json}\n"));
}

/// Prints a remark for people.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Prints an error, to standard error and, for programs, as JSON to standard output.
pub(crate) fn error(error: &Error, as_json: bool) {
    if as_json {
        json(&serde_json::json!({
            "schema": "smidgen.error/1",
            "error": error.to_string(),
            "problems": error.problems(),
        }));
    }
    eprintln!("error: {error}");
}
