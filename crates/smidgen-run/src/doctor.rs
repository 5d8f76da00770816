//! Looks for the tools that builds and runs need, and installs them where it knows how.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::{Error, process};

/// A program that smidgen calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// Name of the program.
    pub program: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The oldest version that has what is needed: major, minor.
    pub oldest: (u32, u32),
    /// Packages of Debian and Ubuntu that have it, the first that exists is right.
    pub packages: &'static [&'static str],
}

/// All tools. None is needed for more than its own boards.
pub const TOOLS: &[Tool] = &[
    Tool {
        program: "arm-none-eabi-gcc",
        purpose: "compiles for Arm Cortex-M",
        oldest: (10, 3),
        packages: &["gcc-arm-none-eabi"],
    },
    Tool {
        program: "riscv64-unknown-elf-gcc",
        purpose: "compiles for RISC-V",
        oldest: (10, 2),
        packages: &["gcc-riscv64-unknown-elf"],
    },
    Tool {
        program: "cc",
        purpose: "compiles for this computer",
        oldest: (8, 0),
        // `gcc` alone does not bring the headers of the C library.
        packages: &["build-essential"],
    },
    Tool {
        program: "qemu-system-arm",
        purpose: "emulates Arm boards",
        oldest: (7, 2),
        packages: &["qemu-system-arm"],
    },
    Tool {
        program: "qemu-system-riscv32",
        purpose: "emulates RISC-V boards",
        oldest: (7, 2),
        packages: &["qemu-system-riscv", "qemu-system-misc"],
    },
];

/// Whether a tool can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Availability {
    /// It is there and new enough.
    Ready {
        /// What it says about itself, one line.
        version: String,
    },
    /// It is there, but older than what is needed.
    TooOld {
        /// The version that was found.
        version: String,
    },
    /// It is not there.
    Missing,
}

/// One line of the doctor's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The tool.
    pub tool: Tool,
    /// Whether it can be used.
    pub availability: Availability,
}

/// Looks for all tools.
pub fn check() -> Result<Vec<Finding>, Error> {
    TOOLS.iter().map(|tool| Ok(Finding { tool: *tool, availability: look_for(*tool)? })).collect()
}

/// Looks for one tool.
pub fn look_for(tool: Tool) -> Result<Availability, Error> {
    let Some(line) = process::version_line(tool.program)? else {
        return Ok(Availability::Missing);
    };
    Ok(match parse_version(&line) {
        Some(found) if found < tool.oldest => {
            Availability::TooOld { version: format!("{}.{}", found.0, found.1) }
        }
        _ => Availability::Ready { version: line },
    })
}

/// The entry of [`TOOLS`] for `program`.
pub(crate) fn tool(program: &str) -> Tool {
    *TOOLS
        .iter()
        .find(|tool| tool.program == program)
        .expect("every program that this crate calls is in the table")
}

/// Version lines of tools that were there. They are needed for every build and run, and asking
/// QEMU takes as long as a short run.
static READY: Mutex<BTreeMap<&str, String>> = Mutex::new(BTreeMap::new());

/// The version line of a tool that must be there. Asks the tool once per process.
pub(crate) fn require(tool: Tool) -> Result<String, Error> {
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(version) = ready.get(tool.program) {
        return Ok(version.clone());
    }
    let version = require_now(tool)?;
    ready.insert(tool.program, version.clone());
    Ok(version)
}

fn require_now(tool: Tool) -> Result<String, Error> {
    let program = tool.program.to_owned();
    let hint = format!(
        "`smidgen doctor --install` installs it, or your package manager does (Debian: `{}`)",
        tool.packages.join("` or `")
    );
    match look_for(tool)? {
        Availability::Ready { version } => Ok(version),
        Availability::Missing => Err(Error::ToolMissing { program, hint }),
        Availability::TooOld { version: found } => {
            let needed = format!("{}.{}", tool.oldest.0, tool.oldest.1);
            Err(Error::ToolTooOld { program, found, needed, hint })
        }
    }
}

/// The first word of a version line that is a version: major, minor.
pub(crate) fn parse_version(line: &str) -> Option<(u32, u32)> {
    line.split_whitespace().find_map(|word| {
        let mut numbers = word.split('.').map(str::parse::<u32>);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        numbers.all(|number| number.is_ok()).then_some((major, minor))
    })
}

/// Installs what is missing or too old with `apt-get`, as root or through `sudo`, without
/// questions. Returns the packages that it asked for.
pub fn install() -> Result<Vec<&'static str>, Error> {
    let mut packages = Vec::new();
    let findings = check()?;
    let wanted: Vec<_> = findings
        .iter()
        .filter(|finding| !matches!(finding.availability, Availability::Ready { .. }))
        .collect();
    if wanted.is_empty() {
        return Ok(packages);
    }
    apt_get(&["update"])?;
    for finding in wanted {
        let candidates = finding.tool.packages;
        let package = candidates.iter().copied().find(|package| package_exists(package));
        packages.push(package.unwrap_or(candidates[0]));
    }
    packages.dedup();
    install_packages(&packages)?;
    Ok(packages)
}

/// Installs packages of Debian or Ubuntu whose lists are fresh, as [`install`] does.
pub fn install_packages(packages: &[&str]) -> Result<(), Error> {
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn package_exists(package: &str) -> bool {
    let mut command = Command::new("apt-cache");
    command.args(["show", "--no-all-versions", package]);
    process::run("apt-cache", &mut command, Duration::from_secs(60))
        .is_ok_and(|finished| finished.status.success())
}

fn apt_get(arguments: &[&str]) -> Result<(), Error> {
    let root = process::run("id", Command::new("id").arg("-u"), Duration::from_secs(20))
        .is_ok_and(|finished| finished.console == "0");
    let mut command = if root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    let finished = process::run("apt-get", &mut command, Duration::from_secs(1800))?;
    if finished.status.success() {
        return Ok(());
    }
    Err(Error::Crashed {
        program: format!("apt-get {}", arguments.join(" ")),
        status: finished.status.to_string(),
        console: finished.console,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_version(line: &str, version: Option<(u32, u32)>) {
        assert_eq!(parse_version(line), version);
    }

    #[test]
    fn arm_gcc() {
        let line = "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205";
        check_version(line, Some((12, 2)));
    }

    #[test]
    fn riscv_gcc() {
        check_version("riscv64-unknown-elf-gcc (12.2.0-14+11+b2) 12.2.0", Some((12, 2)));
    }

    #[test]
    fn clang() {
        check_version("Debian clang version 14.0.6", Some((14, 0)));
    }

    #[test]
    fn qemu() {
        check_version("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", Some((7, 2)));
    }

    #[test]
    fn no_version() {
        check_version("what?", None);
    }

    #[test]
    fn an_old_tool_is_too_old() {
        let tool = Tool { oldest: (1000, 0), ..tool("cc") };
        assert!(matches!(look_for(tool).unwrap(), Availability::TooOld { .. }));
        assert!(matches!(require_now(tool), Err(Error::ToolTooOld { .. })));
    }

    #[test]
    fn a_missing_tool_is_missing() {
        let tool = Tool { program: "smidgen-no-such-program", ..tool("cc") };
        assert_eq!(look_for(tool).unwrap(), Availability::Missing);
        assert!(matches!(require_now(tool), Err(Error::ToolMissing { .. })));
    }
}
