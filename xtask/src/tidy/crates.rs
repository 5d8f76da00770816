//! Crates depend on each other as the table of ARCHITECTURE.md says, and not otherwise.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::tree::{Tree, literals, table};

/// What a crate without any dependency has in the table.
const NOTHING: &str = "nothing at all";

/// Compares every `Cargo.toml` under `crates/` with the table.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>> {
    let rows = table(tree.text("ARCHITECTURE.md")?, "## Crates")?;
    let mut allowed = BTreeMap::new();
    for row in rows {
        if let Some(folder) = literals(row[0]).find(|name| name.starts_with("crates/")) {
            allowed.insert(format!("{folder}/Cargo.toml"), row[2]);
        }
    }
    let mut problems = Vec::new();
    for file in tree.below("crates/", "toml").filter(|f| f.path.ends_with("/Cargo.toml")) {
        let Some(cell) = allowed.remove(&file.path) else {
            problems.push(format!("{}: the crate is not in ARCHITECTURE.md", file.path));
            continue;
        };
        let manifest: toml::Table =
            toml::from_str(&file.text).with_context(|| format!("cannot read `{}`", file.path))?;
        for dependency in dependencies(&manifest) {
            let ours = dependency.starts_with("smidgen") || dependency == "xtask";
            let refused = if ours { literals(cell).all(|name| name != dependency) } else { false };
            if refused || cell == NOTHING {
                problems.push(format!("{}: may not depend on `{dependency}`", file.path));
            }
        }
    }
    problems.extend(allowed.keys().map(|path| format!("{path}: is in ARCHITECTURE.md alone")));
    Ok(problems)
}

/// Names of what a crate needs to be built.
fn dependencies(manifest: &toml::Table) -> Vec<&str> {
    let tables = ["dependencies", "build-dependencies"];
    let entries = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
    entries.flat_map(|table| table.keys().map(String::as_str)).collect()
}
