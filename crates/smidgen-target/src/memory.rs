//! Memories of a chip: where they are and how long reads of them take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One contiguous memory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Memory {
    /// Name, unique in its chip.
    pub name: String,
    /// What it is made of.
    pub kind: MemoryKind,
    /// What it is for.
    pub role: Role,
    /// Address of the first byte.
    pub base: u32,
    /// Size in bytes, more than zero.
    pub size: u32,
    /// Whether direct memory access reaches it; `None` is unknown.
    pub dma: Option<bool>,
    /// How long reads take; `None` is unknown, and priced as if they took no time.
    pub timing: Option<ReadTiming>,
}

impl Memory {
    /// Address after the last byte.
    pub fn end(&self) -> u64 {
        u64::from(self.base) + u64::from(self.size)
    }
}

/// What a memory is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemoryKind {
    /// Keeps its content without power; programs must not store to it.
    Flash,
    /// Readable and writable.
    Ram,
}

/// What a memory is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Anything.
    #[default]
    General,
    /// Beside the core, for instructions (ITCM, ITIM).
    InstructionTcm,
    /// Beside the core, for data (DTCM, DTIM, CCM).
    DataTcm,
    /// Small and kept when the rest loses power; not for models.
    Backup,
    /// Outside the chip: there only where a board says so, with its size.
    External,
}

/// How long reads of a memory take beyond the single cycle that the core's pipeline table assumes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadTiming {
    /// Bytes that one read of the array delivers; fetches inside one unit wait once, loads wait each time.
    /// A power of two.
    pub unit_bytes: u32,
    /// What one read of the array costs.
    pub delay: Delay,
    /// Further core cycles for buses and bridges on every access that no cache serves.
    pub bus_cycles: u32,
    /// Whether the next unit is read while the core executes from the present one (code only).
    pub prefetch: bool,
    /// Where this comes from.
    pub source: String,
}

/// What one read of a memory's array costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delay {
    /// Wait states by core clock, ascending. The last covers the chip's highest clock.
    WaitStates(Vec<WaitStates>),
    /// Clocked apart from the core (serial flash, MRAM, PSRAM).
    Time {
        /// Time to the first byte, in nanoseconds.
        latency_ns: f64,
        /// Time for each byte, in nanoseconds.
        ns_per_byte: f64,
    },
}

impl Delay {
    /// Wait states at `clock_hz`; `None` for memories that are clocked apart from the core.
    pub fn wait_states(&self, clock_hz: u64) -> Option<u32> {
        match self {
            Self::WaitStates(table) => Some(cycles_at(table, clock_hz)),
            Self::Time { .. } => None,
        }
    }
}

/// Wait states up to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitStates {
    /// Highest core clock in hertz for which `cycles` are enough.
    pub up_to_hz: u64,
    /// Core cycles that a read of the array takes beyond the first.
    pub cycles: u32,
}

/// The first entry that covers `clock_hz`, or the last.
fn cycles_at(table: &[WaitStates], clock_hz: u64) -> u32 {
    let entry = table.iter().find(|entry| clock_hz <= entry.up_to_hz).or(table.last());
    entry.map_or(0, |entry| entry.cycles)
}

/// A cache, or anything that works as one: flash accelerators, line buffers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Name, unique in its chip.
    pub name: String,
    /// Which accesses go through it.
    pub serves: CacheKind,
    /// Names of the memories whose reads go through it.
    pub memories: Vec<String>,
    /// Capacity in bytes: a multiple of `line_bytes` × `ways`.
    pub size_bytes: u32,
    /// Bytes that are filled at a time, a power of two.
    pub line_bytes: u32,
    /// Lines that compete for the same place; all of them in a fully associative cache.
    pub ways: u32,
    /// Whether the vendor's or operating system's start-up code switches it on. A board may say
    /// otherwise.
    pub enabled: bool,
    /// Where this comes from.
    pub source: String,
}

/// Accesses that a cache serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CacheKind {
    /// Instruction fetches.
    Instruction,
    /// Loads.
    Data,
    /// Both.
    Unified,
}

impl CacheKind {
    /// Whether some accesses go through caches of both kinds.
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Unified || other == Self::Unified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(delay: &Delay, clock_hz: u64, expected: Option<u32>) {
        assert_eq!(delay.wait_states(clock_hz), expected);
    }

    #[test]
    fn wait_states_follow_the_clock() {
        let table = [(24, 0), (48, 1)].map(|(up_to_hz, cycles)| WaitStates { up_to_hz, cycles });
        let delay = Delay::WaitStates(table.to_vec());
        check(&delay, 24, Some(0));
        check(&delay, 25, Some(1));
        check(&delay, 48, Some(1));
        check(&delay, 49, Some(1));
    }

    #[test]
    fn memories_with_a_clock_of_their_own_have_none() {
        check(&Delay::Time { latency_ns: 100.0, ns_per_byte: 5.0 }, 24, None);
    }
}
