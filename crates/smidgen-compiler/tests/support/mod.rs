//! Model files for tests.
#![expect(clippy::print_stderr, reason = "tests that pass over something say so")]

use std::path::{Path, PathBuf};

/// A model file.
pub(crate) struct File {
    /// Path, for messages.
    pub(crate) path: PathBuf,
    /// Content.
    pub(crate) bytes: Vec<u8>,
}

/// Small models of one operator each, which the repository holds; in the order of their paths.
pub(crate) fn fixtures() -> Vec<File> {
    below("tests/fixtures/ops")
}

/// The bundled models, and those of the folder `SMIDGEN_TEST_DATA`, else `../shared`, where it is present.
pub(crate) fn models() -> Vec<File> {
    let mut files = collect(&root().join("models"));
    let folder = std::env::var_os("SMIDGEN_TEST_DATA")
        .map_or_else(|| root().join("../shared"), PathBuf::from)
        .join("models");
    let more = collect(&folder);
    if more.is_empty() {
        eprintln!("no models in {}: set SMIDGEN_TEST_DATA to test with more", folder.display());
    }
    files.extend(more);
    assert!(!files.is_empty(), "the repository has lost its models");
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All models in a folder of the project and in those below it.
pub(crate) fn below(folder: &str) -> Vec<File> {
    let files = collect(&root().join(folder));
    assert!(!files.is_empty(), "the repository has lost `{folder}`");
    files
}

/// All models in a folder and those below it.
fn collect(folder: &Path) -> Vec<File> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let files = paths.into_iter().flat_map(|path| {
        if path.is_dir() {
            collect(&path)
        } else if path.extension().is_some_and(|extension| extension == "tflite") {
            let bytes = std::fs::read(&path).expect("a listed file can be read");
            vec![File { path, bytes }]
        } else {
            Vec::new()
        }
    });
    files.collect()
}
