//! Calls programs and says what is being done; the only place of xtask that prints.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use smidgen_run::doctor::{self, Availability};

/// Prints a line.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// `cargo` with `arguments`, in the workspace's folder `root`.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    command
}

/// Runs a command whose output people want to see.
pub(crate) fn show(what: &str, command: &mut Command) -> Result<()> {
    say(&format!("== {what}"));
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{what} failed");
    }
    Ok(())
}

/// Runs a command whose output matters only if it fails.
pub(crate) fn quietly(what: &str, command: &mut Command) -> Result<()> {
    let start = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        say(&format!("== {what}"));
        say(&String::from_utf8_lossy(&output.stdout));
        say(&String::from_utf8_lossy(&output.stderr));
        bail!("{what} failed");
    }
    say(&format!("== {what}: ok ({})", seconds(start.elapsed())));
    Ok(())
}

/// Installs the compilers and emulators that are missing, and lists them all.
pub(crate) fn tools() -> Result<()> {
    let ready =
        |finding: &doctor::Finding| matches!(finding.availability, Availability::Ready { .. });
    if !doctor::check()?.iter().all(ready) {
        say("== installing compilers and emulators");
        doctor::install()?;
    }
    say("== compilers and emulators");
    for finding in doctor::check()? {
        let program = finding.tool.program;
        match finding.availability {
            Availability::Ready { version } => say(&format!("   {program}: {version}")),
            Availability::TooOld { version } => {
                bail!("`{program}` is version {version}, which is too old; install a newer one")
            }
            Availability::Missing => bail!("`{program}` is missing after the installation"),
        }
    }
    Ok(())
}

/// Builds the program without debug information and returns where it is.
pub(crate) fn release(root: &Path) -> Result<PathBuf> {
    say("== building smidgen");
    let arguments = ["build", "--release", "--package", "smidgen", "--message-format", "json"];
    let output = cargo(root, &arguments).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the build failed");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executables.next_back().context("the build made no program")
}

/// A duration for people.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
