//! Chips and boards, joined and checked.

use serde::{Deserialize, Serialize};

use crate::Core;

/// A place that firmware can run on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Board {
    /// Name, such as `qemu-m4`.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// The core that models run on.
    pub core: Core,
    /// What surrounds the core.
    pub platform: Platform,
}

/// What surrounds a core.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A process of this computer, with its operating system.
    Host,
    /// A microcontroller without an operating system.
    Device(Box<Device>),
}

/// A microcontroller on its board.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Device {
    /// The microcontroller.
    pub chip: Chip,
    /// Core clock in hertz, at most the chip's maximum.
    pub clock_hz: u64,
    /// Where code and constants live; one of the chip's memories, of kind flash.
    pub code: Memory,
    /// Where variables, arena and stack live; one of the chip's memories, of kind RAM.
    pub data: Memory,
    /// How to emulate the board, where that is possible.
    pub emulator: Option<Emulator>,
}

/// A microcontroller.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Chip {
    /// Name, such as `an386`.
    pub name: String,
    /// Highest core clock in hertz.
    pub max_clock_hz: u64,
    /// Memories that do not overlap.
    pub memories: Vec<Memory>,
}

/// One contiguous memory of a chip.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Name, unique in its chip.
    pub name: String,
    /// What it is made of.
    pub kind: MemoryKind,
    /// Address of the first byte.
    pub base: u32,
    /// Size in bytes, more than zero.
    pub size: u32,
}

impl Memory {
    /// Address after the last byte.
    pub fn end(&self) -> u64 {
        u64::from(self.base) + u64::from(self.size)
    }
}

/// What a memory is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemoryKind {
    /// Keeps its content without power; programs must not store to it.
    Flash,
    /// Readable and writable.
    Ram,
}

/// How QEMU emulates a board; the program follows from the instruction set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emulator {
    /// Value of `-machine`.
    pub machine: String,
    /// Value of `-cpu`, where the machine's own choice is not meant.
    pub cpu: Option<String>,
    /// Further arguments.
    #[serde(default)]
    pub arguments: Vec<String>,
}
