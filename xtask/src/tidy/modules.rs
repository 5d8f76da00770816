//! Modules of the compiler use each other as the table of ARCHITECTURE.md says, top down; and the
//! pure crates touch nothing outside the program.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::tree::{Tree, literals, table};

/// Where the compiler's modules are.
const COMPILER: &str = "crates/smidgen-compiler/src/";

/// Crates whose results depend on their arguments alone.
const PURE: [&str; 2] = [COMPILER, "crates/smidgen-timing/src/"];

/// Modules of the standard library that reach outside the program.
const OUTSIDE: [&str; 6] = ["fs", "process", "env", "time", "net", "thread"];

/// Checks the direction of uses, and the purity of the pure crates.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut problems = directions(tree)?;
    for file in PURE.iter().flat_map(|folder| tree.below(folder, "rs")) {
        for (number, line) in file.code() {
            for module in named(line, "std::").iter().filter(|name| OUTSIDE.contains(name)) {
                problems.push(format!("{}:{number}: uses `std::{module}`", file.path));
            }
        }
    }
    Ok(problems)
}

fn directions(tree: &Tree) -> Result<Vec<String>> {
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in table(tree.text("ARCHITECTURE.md")?, "## Modules of the compiler")? {
        let allowed: Vec<_> = literals(row[2]).collect();
        let below = allowed.iter().find(|name| !uses.contains_key(*name));
        ensure!(below.is_none(), "ARCHITECTURE.md: {} may use {below:?}, which is below", row[0]);
        uses.extend(literals(row[0]).map(|module| (module, allowed.clone())));
    }
    let mut problems = Vec::new();
    for file in tree.below(COMPILER, "rs") {
        let module = file.path[COMPILER.len()..].split(['/', '.']).next().unwrap_or_default();
        if module == "lib" {
            continue;
        }
        let Some(allowed) = uses.get(module) else {
            problems.push(format!("{}: module `{module}` is not in ARCHITECTURE.md", file.path));
            continue;
        };
        for (number, line) in file.code() {
            let refused = |name: &&&str| {
                uses.contains_key(**name) && **name != module && !allowed.contains(*name)
            };
            for name in named(line, "crate::").iter().filter(refused) {
                problems.push(format!("{}:{number}: `{module}` may not use `{name}`", file.path));
            }
        }
    }
    Ok(problems)
}

/// The names that follow `prefix` in a line of code, one by one or in braces.
fn named<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in line.match_indices(prefix) {
        if line[..at].ends_with(is_part) {
            continue;
        }
        let rest = &line[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            names.extend(group.split(['{', ',', '}', ' ']).map(|part| first(part, is_part)));
        } else {
            names.push(first(rest, is_part));
        }
    }
    names
}

fn first(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    text.split(|c| !is_part(c)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_are_found() {
        assert_eq!(named("use crate::ops::{Op, Site};", "crate::"), ["ops"]);
        assert_eq!(named("my_crate::ops", "crate::"), Vec::<&str>::new());
        assert!(named("use std::{fs, io};", "std::").contains(&"fs"));
    }
}
