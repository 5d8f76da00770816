//! Every check of the project, in the order in which a failure is cheapest to find.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Result;
use smidgen_run::doctor;

use crate::shell;

/// Installs what is missing, then checks form, lints and behaviour.
pub(crate) fn run(root: &Path) -> Result<()> {
    let start = Instant::now();
    shell::tools()?;
    if !succeeds(Command::new("clang").arg("--version")) {
        shell::say("== installing clang, with which the tests compile packages too");
        doctor::install_packages(&["clang"])?;
    }
    if component("rustfmt", "fmt") {
        shell::quietly("form", &mut shell::cargo(root, &["fmt", "--all", "--check"]))?;
    }
    if component("clippy", "clippy") {
        let arguments =
            ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
        shell::quietly("lints", &mut shell::cargo(root, &arguments))?;
    }
    // Rules of the architecture, generated pages and the baseline are tests of xtask.
    let arguments = ["test", "--workspace", "--no-fail-fast"];
    shell::show("tests", &mut shell::cargo(root, &arguments))?;
    shell::say(&format!("== all checks passed ({})", shell::seconds(start.elapsed())));
    Ok(())
}

/// Whether `cargo NAME` is there, if need be after `rustup` added `component`.
fn component(component: &str, name: &str) -> bool {
    let works = || succeeds(Command::new("cargo").args([name, "--version"]));
    let there = works()
        || (succeeds(Command::new("rustup").args(["component", "add", component])) && works());
    if !there {
        shell::say(&format!("== `cargo {name}` is not installed: its check is SKIPPED"));
    }
    there
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}
