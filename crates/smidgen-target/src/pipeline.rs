//! Pipelines: what the instructions of a core cost, as a table.
//!
//! A table describes a core that issues instructions in program order, one or two per cycle. How
//! the numbers turn into the price of code is the matter of `smidgen-timing`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Class;

pub(crate) mod table;
#[cfg(test)]
mod tests;

/// The most pipes that all units of a core may have together.
pub const MOST_PIPES: usize = 16;

/// What the instructions of a core cost when memories answer at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pipeline {
    /// Name, such as `cortex-m4`.
    pub name: String,
    /// What the core is.
    pub description: String,
    /// Whether and which instructions issue in pairs.
    pub pairs: Pairs,
    /// Cycles between an instruction and the use of its result, by kind of operand.
    pub operands: Operands,
    /// What branches cost beyond their own timing.
    pub branches: Branches,
    /// Units, each with its number of equal pipes; [`Timing::units`] counts from 0 in this order.
    pub units: Vec<(String, u8)>,
    /// Where the numbers are from.
    pub sources: BTreeMap<String, String>,
    /// One per class, in the order of [`Class::ALL`].
    pub(crate) timings: Vec<Timing>,
}

impl Pipeline {
    /// What instructions of `class` cost.
    pub fn timing(&self, class: Class) -> &Timing {
        &self.timings[class as usize]
    }
}

/// What the instructions of a class cost.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timing {
    /// Cycles from this instruction's issue to that of the next.
    pub cycles: Cycles,
    /// Words that instructions which move several transfer per cycle, on top of `cycles`; 0 if the
    /// number of words does not matter.
    pub words_per_cycle: u8,
    /// Further cycles where two registers form the address.
    pub indexed: u8,
    /// Cycles from the last one of `cycles` until the next instruction may use the result; 1 is
    /// the very next cycle.
    pub latency: u8,
    /// [`Timing::latency`] to operands of a kind, where [`Operands`] does not hold.
    pub latency_to: LatencyTo,
    /// Whether plain operands are needed as [`Operands::early`] says.
    pub early: bool,
    /// Cycles that the result is there sooner if the operands are there as much sooner.
    pub ahead: u8,
    /// One pipe of each of these units is taken.
    pub units: Vec<u8>,
    /// Cycles that the units are taken; `None` for as long as the instruction issues.
    pub unit_cycles: Option<u8>,
    /// Where in a pair the instruction may stand.
    pub slot: Slot,
    /// Classes of instructions behind this one whose first cycle overlaps with the last one of
    /// this one, unless they take a single cycle or form an address from its result.
    pub overlaps: Vec<Class>,
    /// Key of `sources`, or `assumed: …`.
    pub source: String,
}

/// A number of cycles that may depend on the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cycles {
    /// Always as many.
    Fixed(u8),
    /// From least to most; priced as their mean.
    Range([u8; 2]),
}

impl Cycles {
    /// Least and most.
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::Fixed(cycles) => (cycles, cycles),
            Self::Range([least, most]) => (least, most),
        }
    }
}

/// Whether instructions issue in pairs, two in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pairs {
    /// One instruction per cycle.
    Never,
    /// Only if both are 16 bits long.
    Narrow,
    /// At any length.
    Any,
}

/// Where in a pair of instructions that issue together an instruction may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// First or second.
    Any,
    /// First only.
    First,
    /// In no pair.
    Alone,
}

/// Kinds of operands, for the time until a result can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operand {
    /// Any other.
    Plain,
    /// Of instructions that need theirs early, such as shifted ones.
    Early,
    /// Of a multiplication.
    Factor,
    /// Part of an address.
    Address,
    /// The sum that a multiply-accumulate adds to.
    Accumulator,
    /// What a store writes.
    Data,
    /// Condition flags that a branch decides on.
    Flags,
}

/// Cycles that an operand is needed earlier (positive) or later (negative) than plain ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Operands {
    /// Operands that instructions need early, such as shifted ones.
    pub early: i8,
    /// Factors of a multiplication.
    pub factor: i8,
    /// Parts of an address.
    pub address: i8,
    /// The sum that a multiply-accumulate adds to.
    pub accumulator: i8,
    /// What a store writes.
    pub data: i8,
    /// Condition flags that a branch decides on.
    pub flags: i8,
}

/// Latencies by kind of operand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LatencyTo {
    /// Operands that instructions need early, such as shifted ones.
    pub early: Option<u8>,
    /// Factors of a multiplication.
    pub factor: Option<u8>,
    /// Parts of an address.
    pub address: Option<u8>,
    /// The sum that a multiply-accumulate adds to.
    pub accumulator: Option<u8>,
    /// What a store writes.
    pub data: Option<u8>,
    /// Condition flags that a branch decides on.
    pub flags: Option<u8>,
}

impl Pipeline {
    /// Cycles from the last issue cycle of an instruction with `timing` until `operand` of a later
    /// instruction may be its result; 0 lets both issue in the same cycle.
    pub fn latency(&self, timing: &Timing, operand: Operand) -> u8 {
        let (exact, shift) = match operand {
            Operand::Plain => (None, 0),
            Operand::Early => (timing.latency_to.early, self.operands.early),
            Operand::Factor => (timing.latency_to.factor, self.operands.factor),
            Operand::Address => (timing.latency_to.address, self.operands.address),
            Operand::Accumulator => (timing.latency_to.accumulator, self.operands.accumulator),
            Operand::Data => (timing.latency_to.data, self.operands.data),
            Operand::Flags => (timing.latency_to.flags, self.operands.flags),
        };
        exact.unwrap_or_else(|| timing.latency.saturating_add_signed(shift))
    }
}

/// How a core guesses where conditional branches go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prediction {
    /// Not at all: it fetches on behind the branch.
    None,
    /// The last backward branch that was taken is taken again, all others are not.
    LastLoop,
    /// Backward branches are taken, forward ones are not.
    Backward,
    /// By the branch's history.
    History,
}

/// What branches cost, beyond the timing of their class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branches {
    /// How the core guesses.
    pub prediction: Prediction,
    /// Further cycles of a taken conditional branch that was predicted, or of any taken one on
    /// cores that do not predict.
    pub taken: u8,
    /// Further cycles of a conditional branch that was mispredicted, in place of `taken`.
    #[serde(default)]
    pub mispredicted: u8,
    /// Further cycles of an unconditional branch to a fixed target.
    pub jump: u8,
    /// Further cycles of a call of a fixed target.
    pub call: u8,
    /// Further cycles of a branch to an address in a register.
    pub indirect: u8,
    /// Further cycles of a branch to an address read from memory.
    pub load: u8,
    /// Further cycles of a taken end of a low-overhead loop.
    #[serde(default)]
    pub loop_end: u8,
    /// Further cycles of all of these if the target is a 32-bit instruction across a word's end.
    #[serde(default)]
    pub straddling_target: u8,
    /// Further cycles of a conditional branch that pays `mispredicted`, or `taken` on cores that do
    /// not predict, if the flags that it decides on are younger than `operands.flags` says.
    #[serde(default)]
    pub late_flags: u8,
    /// Fields of these that are no figure of the source, and why they are what they are.
    #[serde(default)]
    pub assumed: BTreeMap<String, String>,
    /// Key of `sources`, or `assumed: …`.
    pub source: String,
}
