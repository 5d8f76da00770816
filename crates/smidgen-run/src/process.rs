//! Runs other programs with a time limit and keeps what they print.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use wait_timeout::ChildExt;

use crate::Error;

/// The most of a console log that is kept.
const LOG_BYTES: u64 = 64 * 1024;

/// How often to try to start a file that another thread's new process still holds open.
const BUSY_TRIES: u32 = 50;

/// A program that ended by itself.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Standard output and standard error, as they came.
    pub(crate) console: String,
}

/// Runs `command`, which is called `program` in messages, for at most `limit`.
pub(crate) fn run(
    program: &str,
    command: &mut Command,
    limit: Duration,
) -> Result<Finished, Error> {
    let failed = |source| Error::Io { action: "run", path: program.into(), source };
    let mut log = tempfile::tempfile().map_err(failed)?;
    command
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log.try_clone().map_err(failed)?);
    let mut child = Guard(start(command).map_err(failed)?);
    let status = child.0.wait_timeout(limit).map_err(failed)?;
    drop(child);
    let console = read_log(&mut log).map_err(failed)?;
    let seconds = limit.as_secs();
    let status = status.ok_or_else(|| Error::TimedOut {
        program: program.to_owned(),
        seconds,
        console: console.clone(),
    })?;
    Ok(Finished { status, console })
}

/// A process that does not outlive its guard.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail only if the process is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a process. A program that was just written may be "busy": another thread that starts a
/// process holds a copy of the file's handle for a moment.
fn start(command: &mut Command) -> io::Result<Child> {
    for _ in 0..BUSY_TRIES {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(2));
            }
            other => return other,
        }
    }
    command.spawn()
}

fn read_log(log: &mut File) -> io::Result<String> {
    use std::io::Seek;
    log.rewind()?;
    let mut bytes = Vec::new();
    log.take(LOG_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// Asks `program` for its version: the first line that `--version` prints, or `None` if the
/// program is not installed.
pub(crate) fn version_line(program: &str) -> Result<Option<String>, Error> {
    let run = run(program, Command::new(program).arg("--version"), Duration::from_secs(20));
    match run {
        Ok(Finished { console, .. }) => Ok(console.lines().next().map(str::to_owned)),
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file and the folders above it.
pub(crate) fn write_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    std::fs::write(path, content).map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Finished, Error> {
        run("sh", Command::new("sh").args(["-c", script]), limit)
    }

    #[test]
    fn keeps_both_streams_and_the_status() {
        let finished = shell("echo a; echo b >&2; exit 3", Duration::from_secs(10)).unwrap();
        assert_eq!((finished.console.as_str(), finished.status.code()), ("a\nb", Some(3)));
    }

    #[test]
    fn stops_a_program_that_hangs() {
        let error = shell("echo start; while :; do :; done", Duration::from_millis(300));
        let Err(Error::TimedOut { console, .. }) = error else { panic!("{error:?}") };
        assert_eq!(console, "start");
    }

    #[test]
    fn a_long_log_is_cut() {
        let finished =
            shell("head -c 1000000 /dev/zero | tr '\\0' x", Duration::from_secs(10)).unwrap();
        assert_eq!(finished.console.len() as u64, LOG_BYTES);
    }

    #[test]
    fn a_missing_program_has_no_version() {
        assert_eq!(version_line("smidgen-no-such-program").unwrap(), None);
    }
}
