//! What can be wrong with a profile.

use super::VERSION;

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("execution profile, line {line}: {problem}")]
pub struct Error {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The text has a version of the format that this program does not read.
    #[error("version {version} is {} than this program reads ({VERSION})", age(*.version))]
    Version {
        /// The version of the text.
        version: u64,
    },
    /// The line is missing or another one.
    #[error("expected `{expected}`, found `{found}`")]
    Unexpected {
        /// The item that belongs there.
        expected: &'static str,
        /// The line, cut to a readable length; empty at the end of the text.
        found: String,
    },
    /// A field does not read as what it stands for.
    #[error("`{field}` is not {expected}")]
    Field {
        /// The field, cut to a readable length.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Something follows where nothing should.
    #[error("nothing should follow here, but `{field}` does")]
    Extra {
        /// What follows, cut to a readable length.
        field: String,
    },
    /// A count refers to a run or region that the profile does not have.
    #[error("{what} {index} does not exist")]
    Unknown {
        /// `run` or `region`.
        what: &'static str,
        /// The index given.
        index: usize,
    },
    /// Lines that have an order are out of it, or repeat.
    #[error("{what} is repeated or out of order")]
    Order {
        /// What the line is about.
        what: &'static str,
    },
    /// The code of a run is not what its fields say.
    #[error("the run's code is not {instructions} whole instructions within 32 bits of address")]
    Code {
        /// The number of instructions claimed.
        instructions: u32,
    },
    /// More regions than programs have.
    #[error("more than {most} regions")]
    Regions {
        /// Most regions that there may be.
        most: usize,
    },
    /// A sum does not fit 64 bits.
    #[error("the counts overflow")]
    Overflow,
    /// The parts do not add up.
    #[error("the total is {total}, but the steps add up to {sum}")]
    Total {
        /// The total given.
        total: u64,
        /// The sum of the parts.
        sum: u64,
    },
}

fn age(version: u64) -> &'static str {
    if version > VERSION { "newer" } else { "older" }
}
