//! Chips and boards, joined and checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cache, Core, Memory, Power, Price, Provenance, Software, Testbed};

/// A place that firmware can run on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Name, such as `qemu-m4`.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// The core that models run on.
    pub core: Core,
    /// What surrounds the core.
    pub platform: Platform,
    /// What the board costs.
    pub price: Option<Price>,
    /// How programs get onto it.
    pub debug_probe: Option<String>,
    /// What supports it.
    pub software: Software,
    /// Its place in the FIT IoT-LAB testbed.
    pub iot_lab: Option<Testbed>,
    /// Where the facts of the board's own file come from.
    pub provenance: Provenance,
}

impl Board {
    /// The microcontroller; `None` for the host.
    pub fn device(&self) -> Option<&Device> {
        match &self.platform {
            Platform::Host => None,
            Platform::Device(device) => Some(device),
        }
    }

    /// Whether programs for this very board run on this computer: the host and emulated boards.
    pub fn is_runnable(&self) -> bool {
        self.device().is_none_or(|device| device.emulator.is_some())
    }
}

/// What surrounds a core.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A process of this computer, with its operating system.
    Host,
    /// A microcontroller without an operating system.
    Device(Box<Device>),
}

/// A microcontroller on its board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Device {
    /// The microcontroller as it is on this board: external memories have the sizes that the board
    /// gives them and are left out where it has none, caches are on or off as the board says.
    pub chip: Chip,
    /// Core clock in hertz, at most the chip's maximum.
    pub clock_hz: u64,
    /// Where code and constants live; one of the chip's memories, of kind flash unless the chip has
    /// none: then it may be the same as `data`.
    pub code: Memory,
    /// Where variables, arena and stack live; one of the chip's memories, of kind RAM.
    pub data: Memory,
    /// A faster memory that code can be placed in, of kind RAM.
    pub fast_code: Option<Memory>,
    /// A faster memory that weights or the arena can be placed in, of kind RAM.
    pub fast_data: Option<Memory>,
    /// How to emulate the board, where that is possible.
    pub emulator: Option<Emulator>,
}

/// A microcontroller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chip {
    /// Name, such as `an386`.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Number of cores of any kind; models run on one.
    pub n_cores: u32,
    /// Highest core clock in hertz.
    pub max_clock_hz: u64,
    /// Memories that do not overlap.
    pub memories: Vec<Memory>,
    /// Caches; at most one that is on serves any access.
    pub caches: Vec<Cache>,
    /// What it draws, mode by mode.
    pub power: Vec<Power>,
    /// What it costs.
    pub price: Option<Price>,
    /// Accelerators, which this program does not use.
    pub accelerators: Option<String>,
    /// Its name in probe-rs.
    pub probe_rs: Option<String>,
    /// Where the facts of the chip's file come from.
    pub provenance: Provenance,
}

impl Chip {
    /// The memory called `name`.
    pub fn memory(&self, name: &str) -> Option<&Memory> {
        self.memories.iter().find(|memory| memory.name == name)
    }
}

/// How QEMU emulates a board; the program follows from the instruction set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
