//! Runs images and captures what comes out.

mod host;
mod qemu;

use std::path::Path;
use std::time::Duration;

use smidgen_target::{Board, Platform};
use smidgen_timing::profile::Profile;

use crate::doctor::Availability;
use crate::process::Finished;
use crate::{Cache, Error, Image};

/// What to run, and for how long at most.
#[derive(Debug, Clone)]
pub struct Request {
    /// Inputs, one entry per sample: the image's `input_bytes`, tensor after tensor.
    pub samples: Vec<Vec<u8>>,
    /// Wall-clock limit.
    pub time_limit: Duration,
    /// Instructions after which an emulated run is stopped; the same on every computer.
    pub instruction_limit: u64,
}

impl Request {
    /// A request with limits that no sensible model reaches.
    pub fn new(samples: Vec<Vec<u8>>) -> Self {
        Self { samples, time_limit: Duration::from_secs(300), instruction_limit: 20_000_000_000 }
    }
}

/// What a run left behind, nothing inferred.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// Outputs, one entry per sample: the image's `output_bytes`, tensor after tensor.
    pub outputs: Vec<Vec<u8>>,
    /// The most stack that a call of generated code used, in bytes; `None` on the host.
    pub stack_bytes: Option<u64>,
    /// How often code executed, over all samples; `None` on the host. Its steps are the manifest's.
    pub profile: Option<Profile>,
    /// The profile as the plug-in wrote it, in the format of `docs/profile.md`.
    pub profile_text: Option<String>,
    /// What the firmware and the emulator printed.
    pub console: String,
}

/// Something that runs images.
pub trait Runner {
    /// Whether the runner can be used on this computer.
    fn check(&self) -> Result<Availability, Error>;

    /// Runs an image to its end.
    fn run(&self, image: &Image, request: &Request) -> Result<Capture, Error>;
}

/// The runner for `board`. The emulator's plug-in is kept in `cache`.
pub fn runner(board: &Board, cache: &Cache) -> Result<Box<dyn Runner>, Error> {
    match &board.platform {
        Platform::Host => Ok(Box::new(host::HostRunner)),
        Platform::Device(device) => match &device.emulator {
            Some(emulator) => Ok(Box::new(qemu::QemuRunner::new(board.core.isa, emulator, cache))),
            None => Err(Error::NoRunner { board: board.name.clone() }),
        },
    }
}

/// Files that the harness expects beside it; see `firmware/harness/harness.c`.
const INPUT: &str = "input.bin";
const OUTPUT: &str = "output.bin";

/// Exit codes of the harness; see `firmware/harness/harness.h`.
const FAULT: i32 = 101;
const NO_FILES: i32 = 102;
const SHORT_INPUT: i32 = 103;
const OUTPUT_FAILED: i32 = 104;
const STACK_OVERFLOW: i32 = 105;

/// Writes the harness's input file: the number of samples, then the samples.
fn write_input(folder: &Path, image: &Image, request: &Request) -> Result<(), Error> {
    let mut content = (request.samples.len() as u32).to_le_bytes().to_vec();
    for (sample, bytes) in request.samples.iter().enumerate() {
        if bytes.len() != image.input_bytes {
            let expected = image.input_bytes;
            return Err(Error::InputSize { sample, found: bytes.len(), expected });
        }
        content.extend_from_slice(bytes);
    }
    crate::process::write_file(&folder.join(INPUT), content)
}

/// Reads the harness's output file: the samples' outputs, then the stack high-water mark.
fn read_output(
    program: &str,
    folder: &Path,
    image: &Image,
    request: &Request,
    console: String,
) -> Result<Capture, Error> {
    let path = folder.join(OUTPUT);
    let content = std::fs::read(&path).map_err(Error::io("read", &path))?;
    let expected = image.output_bytes * request.samples.len();
    let Some((outputs, &mark)) =
        content.split_last_chunk::<4>().filter(|(outputs, _)| outputs.len() == expected)
    else {
        let detail = format!("{} bytes of output instead of {}", content.len(), expected + 4);
        return Err(Error::Incomplete { program: program.to_owned(), detail });
    };
    let outputs = (0..request.samples.len())
        .map(|i| outputs[i * image.output_bytes..][..image.output_bytes].to_vec())
        .collect();
    let stack_bytes = (!image.is_host()).then_some(u64::from(u32::from_le_bytes(mark)));
    Ok(Capture { outputs, stack_bytes, profile: None, profile_text: None, console })
}

/// Turns an exit code other than 0 into an error.
fn check_status(program: &str, image: &Image, finished: &Finished) -> Result<(), Error> {
    let incomplete = |detail: &str| {
        Err(Error::Incomplete { program: program.to_owned(), detail: detail.to_owned() })
    };
    let board = image.board.name.clone();
    match finished.status.code() {
        Some(0) => Ok(()),
        Some(FAULT) => Err(fault(image, &finished.console)),
        Some(NO_FILES) => incomplete("the harness cannot open its files"),
        Some(SHORT_INPUT) => incomplete("the harness ran out of input"),
        Some(OUTPUT_FAILED) => incomplete("the harness cannot write its output"),
        Some(STACK_OVERFLOW) => Err(Error::StackOverflow { board }),
        _ => Err(Error::Crashed {
            program: program.to_owned(),
            status: finished.status.to_string(),
            console: finished.console.clone(),
        }),
    }
}

/// Reads `fault 00000003 at pc 000002e2`, which the harness prints.
fn fault(image: &Image, console: &str) -> Error {
    let words = console.lines().find_map(|line| {
        let (cause, pc) = line.strip_prefix("fault ")?.split_once(" at pc ")?;
        Some((u32::from_str_radix(cause, 16).ok()?, u64::from_str_radix(pc, 16).ok()?))
    });
    let (cause, pc) = words.unwrap_or_default();
    let isa = image.board.core.isa;
    let name = if isa.is_riscv() { riscv_exception(cause) } else { arm_exception(cause) };
    Error::Fault {
        board: image.board.name.clone(),
        exception: format!("{name} ({cause:#x})"),
        pc,
        function: image.layout.function_at(pc).to_owned(),
        console: console.to_owned(),
    }
}

/// Names of exceptions, Armv7-M Architecture Reference Manual, table B1-4.
fn arm_exception(number: u32) -> &'static str {
    match number {
        2 => "non-maskable interrupt",
        3 => "hard fault",
        4 => "memory management fault",
        5 => "bus fault",
        6 => "usage fault",
        7 => "secure fault",
        11 => "supervisor call",
        12 => "debug monitor exception",
        _ => "unexpected exception",
    }
}

/// Names of exceptions, RISC-V Privileged Architecture, table of `mcause` values.
fn riscv_exception(cause: u32) -> &'static str {
    match cause {
        0 => "misaligned instruction address",
        1 => "instruction access fault",
        2 => "illegal instruction",
        3 => "breakpoint",
        4 => "misaligned load",
        5 => "load access fault",
        6 => "misaligned store",
        7 => "store access fault",
        11 => "environment call",
        _ => "unexpected exception",
    }
}
