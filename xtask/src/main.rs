//! Developer automation: demo, test, bench, tidy, schema, docs.

mod bench;
mod demo;
mod docs;
mod nodes;
mod schema;
mod shell;
mod suite;
mod tidy;
mod validate;

use std::path::Path;

use clap::Parser;

/// Developer automation of smidgen.
#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Command {
    /// Install compilers and emulators, build smidgen and evaluate a bundled model.
    Demo,
    /// Install what is missing and run every check of the project.
    Test,
    /// Measure models on every emulated board and compare with the committed baseline.
    Bench(bench::Options),
    /// Compare the timing model with published measurements.
    Validate(validate::Options),
    /// Run ONNX's own node tests, which `scripts/onnx/node_tests.py` writes.
    Nodes(nodes::Options),
    /// Check the rules that ARCHITECTURE.md states.
    Tidy,
    /// Regenerate the model format bindings from the committed schemas (TFLite's needs `planus-cli`).
    Schema,
    /// Regenerate `docs/operators.md` and the outputs in the README.
    Docs,
}

fn main() -> anyhow::Result<()> {
    let root = root();
    match Command::parse() {
        Command::Demo => demo::run(root),
        Command::Test => suite::run(root),
        Command::Bench(options) => bench::run(root, &options),
        Command::Validate(options) => validate::run(root, &options),
        Command::Nodes(options) => nodes::run(root, &options),
        Command::Tidy => tidy::run(root),
        Command::Schema => schema::regenerate(root),
        Command::Docs => docs::write(root),
    }
}

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}
