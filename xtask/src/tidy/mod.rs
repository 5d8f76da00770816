//! The rules of ARCHITECTURE.md that a machine can check; they run under `cargo test` too.

mod crates;
mod links;
mod modules;
mod operators;
mod sources;
mod tree;

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;
use tree::Tree;

/// Prints what breaks a rule and fails if there is anything.
pub(crate) fn run(root: &Path) -> Result<()> {
    let problems = problems(root)?;
    for problem in &problems {
        shell::say(problem);
    }
    if !problems.is_empty() {
        bail!("{} places break a rule of ARCHITECTURE.md", problems.len());
    }
    shell::say("all is tidy");
    Ok(())
}

/// What breaks a rule, one line each with its place.
pub(crate) fn problems(root: &Path) -> Result<Vec<String>> {
    let tree = Tree::read(root)?;
    let rules = [crates::check, modules::check, operators::check, sources::check, links::check];
    let mut problems = Vec::new();
    for rule in rules {
        problems.extend(rule(&tree)?);
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_project_is_tidy() {
        let problems = super::problems(crate::root()).unwrap();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
