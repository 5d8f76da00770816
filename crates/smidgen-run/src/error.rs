//! Everything that can go wrong between generated C and captured results.

use std::path::{Path, PathBuf};

/// Whose fault an error is. The number is the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The model does not fit, or what runs misbehaves.
    Model = 1,
    /// A tool is missing, too old or broken, or the computer is in the way.
    Environment = 2,
}

/// A build or a run that gave no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not installed.
    #[error("`{program}` is not installed; {hint}")]
    ToolMissing {
        /// The program.
        program: String,
        /// How to install it.
        hint: String,
    },
    /// A program is older than what is known to work.
    #[error("`{program}` is version {found}, but {needed} or newer is needed; {hint}")]
    ToolTooOld {
        /// The program.
        program: String,
        /// The version that is installed.
        found: String,
        /// The oldest version that works.
        needed: String,
        /// How to install another.
        hint: String,
    },
    /// A compiler or linker refused its input.
    #[error("`{program}` failed on `{input}`:\n{log}")]
    Compile {
        /// The program.
        program: String,
        /// The file that it worked on.
        input: String,
        /// What it said.
        log: String,
    },
    /// Code or data are larger than the board's memory.
    #[error(
        "does not fit: `{board}` has {capacity} bytes of {memory}, {excess} bytes too few{}",
        blame(.largest)
    )]
    DoesNotFit {
        /// Name of the board.
        board: String,
        /// Name of the memory in the chip's description.
        memory: String,
        /// Size of the memory in bytes.
        capacity: u64,
        /// Bytes that are missing.
        excess: u64,
        /// The largest symbols that want to be there, with their bytes.
        largest: Vec<(String, u64)>,
    },
    /// A step's function is not in the linked image, or the compiler made several of it.
    #[error("step `{step}`: function `{function}` is {found} times in the linked image, not once")]
    StepFunction {
        /// Name of the step.
        step: String,
        /// C symbol.
        function: String,
        /// How often it was found.
        found: usize,
    },
    /// The image cannot be read.
    #[error("linked image cannot be read: {0}")]
    Image(#[from] object::Error),
    /// There is no compiler for the board's core.
    #[error("board `{board}`: there is no compiler for its core `{core}`")]
    NoCompiler {
        /// Name of the board.
        board: String,
        /// Name of its core.
        core: String,
    },
    /// The image's line table cannot be read.
    #[error("line table cannot be read: {0}")]
    Lines(#[from] addr2line::gimli::Error),
    /// A placement names a layer that the model does not have.
    #[error("no layer is called `{layer}`; `smidgen inspect` lists the layers")]
    UnknownLayer {
        /// The name.
        layer: String,
    },
    /// A profile is not that of the program.
    #[error(
        "the profile is of another program: its build is `{found}`, the program's is `{expected}`"
    )]
    ForeignProfile {
        /// Build ID in the profile.
        found: String,
        /// Build ID of the program.
        expected: String,
    },
    /// What executed is not what the program has there.
    #[error("the code that executed at {address:#010x} is not the program's")]
    ForeignCode {
        /// Address of the first instruction.
        address: u64,
    },
    /// The board can neither be emulated nor is it this computer.
    #[error("board `{board}` cannot be run here: it has no emulator")]
    NoRunner {
        /// Name of the board.
        board: String,
    },
    /// An option that the board does not have.
    #[error("board `{board}` does not support {option}")]
    Unsupported {
        /// Name of the board.
        board: String,
        /// The option.
        option: &'static str,
    },
    /// An input of the wrong size.
    #[error("sample {sample} has {found} bytes, but the model's inputs take {expected}")]
    InputSize {
        /// Index of the sample.
        sample: usize,
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// The firmware stopped at an exception.
    #[error("fault on `{board}`: {exception} in `{function}` at {pc:#010x}{}", log(.console))]
    Fault {
        /// Name of the board.
        board: String,
        /// The exception.
        exception: String,
        /// Address of the instruction.
        pc: u64,
        /// The function that it is in.
        function: String,
        /// What the firmware and the emulator printed.
        console: String,
    },
    /// The firmware did something that a real board would not allow, or that is not in its
    /// instruction set.
    #[error("violation on `{board}`: {what} in `{function}` at {pc:#010x}")]
    Violation {
        /// Name of the board.
        board: String,
        /// What happened.
        what: String,
        /// Address of the instruction.
        pc: u64,
        /// The function that it is in.
        function: String,
    },
    /// The stack grew beyond what is watched, or into the variables.
    #[error("the model needs more stack than `{board}` has left, or more than 64 KiB")]
    StackOverflow {
        /// Name of the board.
        board: String,
    },
    /// No end within the time limit.
    #[error("`{program}` did not end within {seconds} s and was stopped{}", log(.console))]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
        /// What it printed.
        console: String,
    },
    /// No end within the instruction limit.
    #[error("the inference on `{board}` did not end within {limit} instructions")]
    InstructionLimit {
        /// Name of the board.
        board: String,
        /// The limit.
        limit: u64,
    },
    /// The emulator or the host program ended in an unforeseen way.
    #[error("`{program}` stopped with {status}{}", log(.console))]
    Crashed {
        /// The program.
        program: String,
        /// Exit code or signal.
        status: String,
        /// What it printed.
        console: String,
    },
    /// The run ended well, but left something else than its result.
    #[error("`{program}` left no usable result: {detail}")]
    Incomplete {
        /// The program.
        program: String,
        /// What is wrong with the result.
        detail: String,
    },
    /// A file or process operation failed.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or program.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl Error {
    /// Whose fault the error is.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::DoesNotFit { .. }
            | Self::InputSize { .. }
            | Self::Fault { .. }
            | Self::Violation { .. }
            | Self::ForeignCode { .. }
            | Self::StackOverflow { .. }
            | Self::TimedOut { .. }
            | Self::InstructionLimit { .. } => ErrorClass::Model,
            Self::ToolMissing { .. }
            | Self::ToolTooOld { .. }
            | Self::Compile { .. }
            | Self::StepFunction { .. }
            | Self::Image(_)
            | Self::NoCompiler { .. }
            | Self::Lines(_)
            | Self::UnknownLayer { .. }
            | Self::ForeignProfile { .. }
            | Self::NoRunner { .. }
            | Self::Unsupported { .. }
            | Self::Crashed { .. }
            | Self::Incomplete { .. }
            | Self::Io { .. } => ErrorClass::Environment,
        }
    }

    /// Returns a function for `map_err` that says what was tried, on which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

fn blame(largest: &[(String, u64)]) -> String {
    let items: Vec<_> =
        largest.iter().map(|(name, bytes)| format!("`{name}` {bytes} bytes")).collect();
    if items.is_empty() { String::new() } else { format!("; largest: {}", items.join(", ")) }
}

fn log(console: &str) -> String {
    if console.is_empty() { String::new() } else { format!("; it printed:\n{console}") }
}
