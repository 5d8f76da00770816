//! Runs firmware in QEMU.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use smidgen_target::{Emulator, Feature, Isa, MemoryKind, Platform};

use super::{Capture, Request, Runner, check_status, read_output, write_input};
use smidgen_timing::isa;
use smidgen_timing::profile::{Fault, Profile};

use crate::doctor::{self, Availability};
use crate::{Cache, Error, Extent, Image, StepEntry, build_id, check_origin, plugin, process};

/// Runs firmware in QEMU's system emulator.
pub(super) struct QemuRunner {
    program: &'static str,
    emulator: Emulator,
    cache: Cache,
}

const FIRMWARE: &str = "firmware.elf";
const MAP: &str = "map.txt";
const PROFILE: &str = "profile.txt";

/// The function that ends an inference; see `firmware/harness/harness.c`.
const END: &str = "smidgen_inference_end";

impl QemuRunner {
    pub(super) fn new(isa: Isa, emulator: &Emulator, cache: &Cache) -> Self {
        let program = if isa.is_riscv() { "qemu-system-riscv32" } else { "qemu-system-arm" };
        Self { program, emulator: emulator.clone(), cache: cache.clone() }
    }

    /// Puts the plug-in's variant for this QEMU where QEMU can load it.
    fn plugin(&self, version: &str) -> Result<PathBuf, Error> {
        let object = doctor::parse_version(version)
            .and_then(|(major, minor)| plugin::for_version(major, minor))
            .ok_or_else(|| Error::Incomplete {
                program: self.program.to_owned(),
                detail: format!("no plug-in variant loads into `{version}`"),
            })?;
        self.cache.materialise("plugin.so", object)
    }

    /// Reads the profile and completes it with the stack's high-water mark; returns it with its
    /// text.
    fn profile(&self, path: &Path, stack_bytes: Option<u64>) -> Result<(Profile, String), Error> {
        let mut text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        if let Some(bytes) = stack_bytes {
            text = text.replacen("\nstack -\n", &format!("\nstack {bytes}\n"), 1);
        }
        let profile = Profile::parse(&text).map_err(|error| Error::Incomplete {
            program: self.program.to_owned(),
            detail: format!("the plug-in's profile: {error}"),
        })?;
        Ok((profile, text))
    }

    /// The command line. All files are in `folder`, which is the working directory: semihosting
    /// opens the harness's files there, and no path needs QEMU's quoting.
    fn command(&self, folder: &Path, plugin: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.current_dir(folder).args(["-machine", &self.emulator.machine]);
        if let Some(cpu) = &self.emulator.cpu {
            command.args(["-cpu", cpu]);
        }
        command
            .args(&self.emulator.arguments)
            .args(["-display", "none", "-serial", "none", "-monitor", "none", "-nodefaults"])
            .args(["-semihosting-config", "enable=on,target=native"])
            // Starts at the entry point, wherever the vector table is.
            .args(["-device", &format!("loader,file={FIRMWARE},cpu-num=0")])
            .args(["-plugin", &plugin_option(plugin)]);
        command
    }
}

impl Runner for QemuRunner {
    fn check(&self) -> Result<Availability, Error> {
        doctor::look_for(doctor::tool(self.program))
    }

    fn run(&self, image: &Image, request: &Request) -> Result<Capture, Error> {
        let version = doctor::require(doctor::tool(self.program))?;
        let plugin = self.plugin(&version)?;
        let folder =
            tempfile::tempdir().map_err(Error::io("create a folder in", &std::env::temp_dir()))?;
        process::write_file(&folder.path().join(FIRMWARE), &image.program)?;
        process::write_file(&folder.path().join(MAP), map(image, request.instruction_limit)?)?;
        write_input(folder.path(), image, request)?;
        let mut command = self.command(folder.path(), &plugin);
        let finished = process::run(self.program, &mut command, request.time_limit)?;
        if finished.status.code() == Some(plugin::LIMIT_EXIT_CODE) {
            let limit = request.instruction_limit;
            return Err(Error::InstructionLimit { board: image.board.name.clone(), limit });
        }
        check_status(self.program, image, &finished)?;
        let capture = read_output(self.program, folder.path(), image, request, finished.console)?;
        let (profile, text) = self.profile(&folder.path().join(PROFILE), capture.stack_bytes)?;
        check_profile(image, &profile)?;
        check_origin(&profile, &image.program)?;
        Ok(Capture { profile: Some(profile), profile_text: Some(text), ..capture })
    }
}

/// The value of `-plugin`. QEMU takes a comma for the end of a value unless it is doubled.
fn plugin_option(plugin: &Path) -> String {
    let path = plugin.display().to_string().replace(',', ",,");
    format!("{path},map={MAP},out={PROFILE}")
}

/// What the plug-in must know of the image; the format is described in its crate.
fn map(image: &Image, instruction_limit: u64) -> Result<String, Error> {
    let build = build_id(&image.program)?;
    let misaligned = image.board.core.features.contains(Feature::MisalignedAccess);
    let alignment = if misaligned { "relaxed" } else { "strict" };
    let mut map =
        format!("smidgen-map 1\nbuild {build}\nalignment {alignment}\nlimit {instruction_limit}\n");
    if let Platform::Device(device) = &image.board.platform {
        for memory in &device.chip.memories {
            let mode = if memory.kind == MemoryKind::Flash { "ro" } else { "rw" };
            let (name, base, size) = (&memory.name, memory.base, memory.size);
            let _ = writeln!(map, "region {name} {base:x} {size:x} {mode}");
        }
    }
    if image.board.core.isa.is_arm() {
        map.push_str("region system e0000000 100000 rw\n");
    }
    let Extent { address, bytes } = image.layout.placed;
    if bytes > 0 {
        let _ = writeln!(map, "protect {address:x} {bytes:x}");
    }
    for StepEntry { function, address, .. } in &image.steps {
        let _ = writeln!(map, "step {address:x} {function}");
    }
    for address in image.layout.entries(END) {
        let _ = writeln!(map, "end {address:x}");
    }
    Ok(map)
}

/// Fails on what the emulator lets pass, but the board's core would not.
fn check_profile(image: &Image, profile: &Profile) -> Result<(), Error> {
    let violation = |what: String, address: u32| Error::Violation {
        board: image.board.name.clone(),
        what,
        pc: u64::from(address),
        function: image.layout.function_at(u64::from(address)).to_owned(),
    };
    if let Some(first) = profile.violations.first() {
        let access = if first.store { "store" } else { "load" };
        let fault = match first.fault {
            Fault::Misaligned => "misaligned",
            Fault::Unmapped => "unmapped",
            Fault::ReadOnly => "read-only",
        };
        let (bytes, address) = (first.bytes, first.address);
        let what = format!("{access} of {bytes} bytes at {fault} address {address:#010x}");
        return Err(violation(what, first.instruction));
    }
    let core = &image.board.core;
    if let Some(first) = isa::check(profile, core.isa, &core.features).first() {
        let digits = 2 * first.bytes as usize;
        let what = format!("instruction {:0digits$x} is not in {}", first.opcode, core.isa);
        return Err(violation(what, first.address));
    }
    Ok(())
}
