//! Runs programs on this computer.

use std::fs::Permissions;
use std::path::Path;
use std::process::Command;

use super::{Capture, Request, Runner, check_status, read_output, write_input};
use crate::doctor::Availability;
use crate::{Error, Image, process};

/// Runs programs as processes of this computer.
pub(super) struct HostRunner;

const PROGRAM: &str = "model program";

impl Runner for HostRunner {
    fn check(&self) -> Result<Availability, Error> {
        let version = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        Ok(Availability::Ready { version })
    }

    fn run(&self, image: &Image, request: &Request) -> Result<Capture, Error> {
        let folder =
            tempfile::tempdir().map_err(Error::io("create a folder in", &std::env::temp_dir()))?;
        let program = folder.path().join("program");
        process::write_file(&program, &image.program)?;
        make_executable(&program)?;
        write_input(folder.path(), image, request)?;
        let mut command = Command::new(&program);
        // Leaks do not matter to a program that allocates nothing, and looking for them needs
        // rights that containers do not give.
        command.current_dir(folder.path()).env("ASAN_OPTIONS", "detect_leaks=0");
        let finished = process::run(PROGRAM, &mut command, request.time_limit)?;
        check_status(PROGRAM, image, &finished)?;
        read_output(PROGRAM, folder.path(), image, request, finished.console)
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
        .map_err(Error::io("make executable", path))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), Error> {
    Ok(())
}
