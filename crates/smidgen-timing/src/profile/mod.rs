//! The execution profile: how often code executed, per step, and which memory it touched.
//!
//! The format and the meaning of every count are described in `docs/profile.md`.

mod encoding;
mod error;
mod functions;
mod parse;
#[cfg(test)]
mod tests;

pub use encoding::{Encoding, Instruction};
pub use error::{Error, Problem};
pub use functions::{FunctionInstructions, Symbol};

/// The version of the format that [`Profile::parse`] reads.
pub const VERSION: u64 = 2;

/// One emulated run of an image. [`Profile::parse`] makes only profiles that agree with themselves:
/// every count refers to a run or region that exists, every run's code holds as many instructions
/// as it claims, and the total is the sum of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Plug-in API that the counting variant used.
    pub plugin_api: u32,
    /// Newest plug-in API that the emulator offered.
    pub emulator_api: u32,
    /// The emulator's name of the instruction set, such as `arm` or `riscv32`.
    pub target: String,
    /// How instructions are encoded.
    pub encoding: Encoding,
    /// What tells the program that ran from every other: its build ID.
    pub build: String,
    /// Whether a misaligned access counts as a violation.
    pub strict_alignment: bool,
    /// How the run ended.
    pub status: Status,
    /// The most stack that a call of generated code used, in bytes, where it was measured.
    pub stack_bytes: Option<u64>,
    /// Memory regions that were told apart.
    pub regions: Vec<Region>,
    /// Pieces of code.
    pub runs: Vec<Run>,
    /// What executed outside all steps.
    pub outside: Counts,
    /// What executed in each step, in execution order.
    pub steps: Vec<Step>,
    /// Accesses that a real device would not have accepted, by fault.
    pub violation_counts: ViolationCounts,
    /// The first violations, one by one.
    pub violations: Vec<Violation>,
    /// Instructions of all steps and outside.
    pub instructions: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The emulator exited.
    Exited,
    /// The instruction limit was reached.
    Limit,
}

/// A named range of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Name given by the host.
    pub name: String,
    /// First address.
    pub base: u32,
    /// Size in bytes.
    pub bytes: u32,
    /// Whether stores are allowed.
    pub writable: bool,
}

/// Instructions that execute one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Address of the first instruction.
    pub address: u32,
    /// Number of instructions.
    pub instructions: u32,
    /// The instructions as in memory.
    pub code: Vec<u8>,
}

/// A step's name and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Symbol of the step's function.
    pub name: String,
    /// What executed from its entry to the next switch.
    pub counts: Counts,
}

/// What executed, of one step or outside all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often the step was entered.
    pub entries: u64,
    /// Instructions executed.
    pub instructions: u64,
    /// Executions by run, as indices into [`Profile::runs`], ascending.
    pub executions: Vec<(usize, u64)>,
    /// By address, ascending: how often control left a block that ends there and continued there.
    /// Behind a branch, how often it fell through.
    pub continuations: Vec<(u32, u64)>,
    /// Bytes accessed by instruction and region.
    pub accesses: Vec<Access>,
    /// Misaligned accesses by instruction address.
    pub misaligned: Vec<(u32, u64)>,
}

/// What an instruction read and wrote in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Address of the instruction.
    pub instruction: u32,
    /// Index into [`Profile::regions`]; `None` for addresses in no region.
    pub region: Option<usize>,
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

/// Number of violations by fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ViolationCounts {
    /// See [`Fault::Misaligned`].
    pub misaligned: u64,
    /// See [`Fault::Unmapped`].
    pub unmapped: u64,
    /// See [`Fault::ReadOnly`].
    pub read_only: u64,
}

/// What is wrong with an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The address is not a multiple of the size, on a core that faults then.
    Misaligned,
    /// No region holds the whole access.
    Unmapped,
    /// A store to a region that cannot be written.
    ReadOnly,
}

/// An access that a real device would not have accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub fault: Fault,
    /// Address of the instruction.
    pub instruction: u32,
    /// Whether it wrote.
    pub store: bool,
    /// Address of the access.
    pub address: u32,
    /// Size of the access.
    pub bytes: u32,
}

impl Profile {
    /// Reads a profile's text. Needs memory in proportion to the text.
    pub fn parse(text: &str) -> Result<Profile, Error> {
        parse::profile(text)
    }

    /// Counts of every step and of what is outside.
    pub fn all_counts(&self) -> impl Iterator<Item = &Counts> {
        std::iter::once(&self.outside).chain(self.steps.iter().map(|step| &step.counts))
    }

    /// Runs that executed at least once, in ascending order of their number.
    pub fn executed_runs(&self) -> Vec<&Run> {
        let mut executed = vec![false; self.runs.len()];
        for &(run, _) in self.all_counts().flat_map(|counts| &counts.executions) {
            executed[run] = true;
        }
        self.runs.iter().zip(executed).filter_map(|(run, yes)| yes.then_some(run)).collect()
    }
}

impl ViolationCounts {
    /// Violations of all faults.
    pub fn total(&self) -> u64 {
        self.misaligned.saturating_add(self.unmapped).saturating_add(self.read_only)
    }
}
