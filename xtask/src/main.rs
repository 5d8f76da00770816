//! Developer automation: demo, test, bench, tidy.

mod schema;

use std::path::Path;

use clap::Parser;

/// Developer automation of smidgen.
#[derive(Parser)]
enum Command {
    /// Regenerate the model format bindings from the committed schema (needs `planus-cli`).
    Schema,
}

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    match Command::parse() {
        Command::Schema => schema::regenerate(root),
    }
}
