//! Writes the execution profile (format: `docs/profile.md`).

use crate::access::Fault;
use crate::recorder::Recorder;
use std::fmt::{self, Write as _};
use std::io;
use std::path::Path;

/// How the run ended.
#[derive(Clone, Copy)]
pub(crate) enum Status {
    /// QEMU exited, for whatever reason.
    Exited,
    /// The next block would have exceeded the instruction limit.
    Limit,
}

/// What QEMU said about itself.
pub(crate) struct Emulator {
    pub(crate) target: String,
    pub(crate) api: i32,
}

/// Replaces `path` with the profile of everything charged so far.
pub(crate) fn write(
    path: &Path,
    recorder: &Recorder,
    emulator: &Emulator,
    status: Status,
) -> io::Result<()> {
    let text = render(recorder, emulator, status).map_err(io::Error::other)?;
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, text)?;
    std::fs::rename(&partial, path)
}

fn render(recorder: &Recorder, emulator: &Emulator, status: Status) -> Result<String, fmt::Error> {
    let mut text = String::new();
    header(&mut text, recorder, emulator, status)?;
    for run in &recorder.runs {
        write!(text, "run {:x} {} ", run.address, run.instructions)?;
        for byte in &run.code {
            write!(text, "{byte:02x}")?;
        }
        text.push('\n');
    }
    let mut total = 0;
    for (account, entries) in recorder.entries.iter().enumerate() {
        match account.checked_sub(1) {
            None => writeln!(text, "outside {entries}")?,
            Some(step) => writeln!(text, "step {} {entries}", recorder.map.steps[step])?,
        }
        total += counts(&mut text, recorder, account)?;
    }
    violations(&mut text, recorder)?;
    writeln!(text, "total {total}\nend")?;
    Ok(text)
}

fn header(
    text: &mut String,
    recorder: &Recorder,
    emulator: &Emulator,
    status: Status,
) -> fmt::Result {
    let memory = recorder.memory;
    let status = match status {
        Status::Exited => "exited",
        Status::Limit => "limit",
    };
    let alignment = if memory.strict_alignment { "strict" } else { "relaxed" };
    writeln!(text, "smidgen-profile 2")?;
    writeln!(text, "plugin {} {}", crate::API, emulator.api)?;
    writeln!(text, "target {}", emulator.target)?;
    writeln!(text, "build {}", recorder.map.build)?;
    writeln!(text, "alignment {alignment}")?;
    writeln!(text, "status {status}")?;
    // The host knows it and fills it in.
    writeln!(text, "stack -")?;
    for region in &memory.regions {
        let mode = if region.writable { "rw" } else { "ro" };
        writeln!(text, "region {} {:x} {:x} {mode}", region.name, region.base, region.bytes)?;
    }
    Ok(())
}

/// Writes the counts of an account and gives its number of instructions.
fn counts(text: &mut String, recorder: &Recorder, account: usize) -> Result<u64, fmt::Error> {
    let mut instructions = 0;
    for (&run, count) in recorder.run_counts.account(account) {
        instructions += recorder.runs[run].instructions as u64 * count;
        writeln!(text, "exec {run} {count}")?;
    }
    for (&index, count) in recorder.continued_counts.account(account) {
        writeln!(text, "next {:x} {count}", recorder.continued[index])?;
    }
    let regions = recorder.memory.regions.len();
    let per_site = 2 * regions + 3;
    let accesses = recorder.access_counts.account(account);
    let count = |index: usize| accesses.get(&index).copied().unwrap_or(0);
    let mut rest = accesses.keys().copied().peekable();
    while let Some(index) = rest.next() {
        let (site, cell) = (index / per_site, index % per_site);
        let address = recorder.sites[site].address;
        let region = cell / 2;
        if cell == per_site - 1 {
            writeln!(text, "misaligned {address:x} {}", count(index))?;
            continue;
        }
        let first = site * per_site + 2 * region;
        let _written_with_it = rest.next_if_eq(&(first + 1));
        write!(text, "access {address:x} ")?;
        if region < regions {
            write!(text, "{region}")?;
        } else {
            text.push('-');
        }
        writeln!(text, " {} {}", count(first), count(first + 1))?;
    }
    Ok(instructions)
}

fn violations(text: &mut String, recorder: &Recorder) -> fmt::Result {
    for fault in Fault::ALL {
        writeln!(
            text,
            "violations {} {}",
            fault.name(),
            recorder.memory.counts[fault as usize].get()
        )?;
    }
    for violation in recorder.memory.recorded.borrow().iter() {
        writeln!(
            text,
            "violation {} {:x} {} {:x} {}",
            violation.fault.name(),
            violation.site,
            if violation.store { "store" } else { "load" },
            violation.address,
            violation.bytes
        )?;
    }
    Ok(())
}
