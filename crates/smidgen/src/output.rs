//! The only place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use serde::Serialize;
use smidgen_study::Error;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set where a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints a result. Names in it come from models: characters that would steer a terminal are not
/// passed on.
pub(crate) fn text(text: &str) {
    raw(&harmless(text));
}

/// Prints a result for programs, to the byte.
pub(crate) fn raw(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    // A reader that closed its end wants no more: that is no error.
    let lost = written.err().filter(|error| error.kind() != ErrorKind::BrokenPipe);
    if let Some(error) = lost
        && !LOST.swap(true, Ordering::Relaxed)
    {
        note(&format!("error: cannot write the result: {error}"));
    }
}

/// Whether all results reached their reader, as far as it wanted them.
pub(crate) fn complete() -> bool {
    !LOST.load(Ordering::Relaxed)
}

fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "?")
}

/// Prints a result as JSON.
pub(crate) fn json(value: &impl Serialize) {
    let json = serde_json::to_string_pretty(value).expect("reports have text keys only");
    raw(&format!("{json}\n"));
}

/// Writes a result to a file.
pub(crate) fn file(path: &Path, content: &[u8]) -> Result<(), Error> {
    std::fs::write(path, content).map_err(|source| Error::File {
        action: "write",
        path: path.to_owned(),
        source,
    })
}

/// Prints a remark for people.
pub(crate) fn note(text: &str) {
    eprintln!("{}", harmless(text));
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
    note(&format!("error: {error}"));
}
