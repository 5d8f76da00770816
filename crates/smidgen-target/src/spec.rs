//! The fields of the TOML files, as they are written. Their documentation is what
//! `smidgen boards --explain-field` prints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Cache, Emulator, Features, Isa, MemoryKind, Port, PowerMode, Price, Provenance, Role, Testbed,
    ToolchainId, WaitStates,
};

/// A processor core: `cores/NAME.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoreSpec {
    /// One line for people.
    pub(crate) description: String,
    /// Instruction set, without the extensions that `features` name.
    pub(crate) isa: Isa,
    /// What the core can do beyond the least of its instruction set; kernels are chosen by it.
    pub(crate) features: Features,
    /// The compiler that builds for it. Leave it out where there is none: such a core is listed,
    /// but nothing can be built for it.
    pub(crate) toolchain: Option<ToolchainId>,
    /// Options that select the core, understood by GCC and Clang alike.
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    /// An emulated board whose machine runs this core's code. Boards without an emulator are
    /// estimated from a run there.
    pub(crate) emulated_on: Option<String>,
    /// What the instructions cost: the name of a file in `pipelines`. Leave it out where that is
    /// unknown: nothing is estimated then.
    pub(crate) pipeline: Option<String>,
}

/// A microcontroller: `chips/NAME.toml`. Only the chip of the host has no clock and no memories.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChipSpec {
    /// One line for people.
    pub(crate) description: String,
    /// Who makes it.
    pub(crate) vendor: Option<String>,
    /// The core that models run on: the name of a file in `cores`.
    pub(crate) core: String,
    /// Number of cores of any kind; 1 if left out.
    #[serde(default = "one")]
    pub(crate) n_cores: u32,
    /// Highest core clock in hertz.
    pub(crate) max_clock_hz: Option<u64>,
    /// Accelerators, for people: this program uses the core alone.
    pub(crate) accelerators: Option<String>,
    /// Its name in probe-rs, where probe-rs knows it.
    pub(crate) probe_rs: Option<String>,
    /// Where the facts of this file come from that have no source of their own.
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// Fields of this file whose value is remembered or inferred, not read in a source; memories
    /// and caches go by their names, as in `memories.sram.size`.
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
    /// What else one should know.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// What it costs.
    pub(crate) price: Option<Price>,
    /// All its memories, which must not overlap.
    #[serde(default)]
    pub(crate) memories: Vec<MemorySpec>,
    /// Its caches and whatever works as one, such as flash accelerators.
    #[serde(default)]
    pub(crate) caches: Vec<Cache>,
    /// What it draws, mode by mode.
    #[serde(default)]
    pub(crate) power: Vec<PowerSpec>,
}

fn one() -> u32 {
    1
}

/// One contiguous memory of a chip.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemorySpec {
    /// Name, unique in its chip: letters, digits, `-` and `_`.
    pub(crate) name: String,
    /// What it is made of.
    pub(crate) kind: MemoryKind,
    /// What it is for; `general` if left out.
    #[serde(default)]
    pub(crate) role: Role,
    /// Address of the first byte.
    pub(crate) base: u32,
    /// Size in bytes; of an external memory, the most that the chip can address there.
    pub(crate) size: u32,
    /// Whether direct memory access reaches it; leave it out where that is unknown.
    pub(crate) dma: Option<bool>,
    /// How long reads take. Leave it out where that is unknown: reads are then priced as if they
    /// took no time, and estimates say so.
    pub(crate) timing: Option<TimingSpec>,
}

/// How long reads of a memory take beyond the single cycle that the core's pipeline table assumes:
/// either `wait_states`, or `latency_ns` and `ns_per_byte`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimingSpec {
    /// Bytes that one read of the array delivers, a power of two. Sequential reads inside one unit
    /// cost it once.
    pub(crate) unit_bytes: u32,
    /// For memories on the core's clock: the wait states up to each clock, ascending. The last
    /// entry must cover `max_clock_hz`.
    pub(crate) wait_states: Option<Vec<WaitStates>>,
    /// For memories with a clock of their own (serial flash, MRAM, PSRAM): nanoseconds to the first
    /// byte.
    pub(crate) latency_ns: Option<f64>,
    /// For memories with a clock of their own: nanoseconds for each byte.
    pub(crate) ns_per_byte: Option<f64>,
    /// Further core cycles for buses and bridges on every access that no cache serves; 0 if left
    /// out.
    #[serde(default)]
    pub(crate) bus_cycles: u32,
    /// Whether the next unit is read while the core executes from the present one; `false` if left
    /// out.
    #[serde(default)]
    pub(crate) prefetch: bool,
    /// Where this comes from: manual and section, or `assumed:` and why.
    pub(crate) source: String,
}

/// Power that a chip draws in one mode: either `milliamps` at `volts`, or `milliwatts`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PowerSpec {
    /// What it does.
    pub(crate) mode: PowerMode,
    /// Current in milliamperes; needs `volts`.
    pub(crate) milliamps: Option<f64>,
    /// Supply voltage in volts.
    pub(crate) volts: Option<f64>,
    /// Power in milliwatts.
    pub(crate) milliwatts: Option<f64>,
    /// Core clock in hertz; every mode but `sleep` needs it.
    pub(crate) clock_hz: Option<u64>,
    /// Under which conditions: program, regulator, temperature, what else is running.
    pub(crate) conditions: String,
    /// Where this comes from.
    pub(crate) source: String,
    /// Whether the source was read; otherwise the figure is remembered or inferred. `true` if left
    /// out.
    #[serde(default = "yes")]
    pub(crate) verified: bool,
}

fn yes() -> bool {
    true
}

/// A board: `boards/NAME.toml`. Only the host has no clock, code and data.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoardSpec {
    /// One line for people.
    pub(crate) description: String,
    /// The microcontroller: the name of a file in `chips`.
    pub(crate) chip: String,
    /// Core clock in hertz that estimates assume, at most the chip's `max_clock_hz`.
    pub(crate) clock_hz: Option<u64>,
    /// Memory of the chip for code and constants: of kind `flash`, or of kind `ram` for chips that
    /// have no flash and load their code before it runs.
    pub(crate) code: Option<String>,
    /// Memory of the chip, of kind `ram`, for variables, arena and stack: where the vendor's
    /// default linker script puts them.
    pub(crate) data: Option<String>,
    /// A faster memory of kind `ram` that code can be placed in.
    pub(crate) fast_code: Option<String>,
    /// A faster memory of kind `ram` that weights or the arena can be placed in.
    pub(crate) fast_data: Option<String>,
    /// How programs get onto the board.
    pub(crate) debug_probe: Option<String>,
    /// Where the facts of this file come from.
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// Fields of this file whose value is remembered or inferred, not read in a source, such as
    /// `price.usd`.
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
    /// What else one should know.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// Sizes in bytes of the chip's external memories that the board has, by name.
    #[serde(default)]
    pub(crate) external: BTreeMap<String, u32>,
    /// Caches of the chip that are on (`true`) or off (`false`) here unlike in the chip's file, by
    /// name.
    #[serde(default)]
    pub(crate) caches: BTreeMap<String, bool>,
    /// What the board costs.
    pub(crate) price: Option<Price>,
    /// The board in RIOT.
    pub(crate) riot: Option<Port>,
    /// The board in Zephyr.
    pub(crate) zephyr: Option<Port>,
    /// The board in Arduino; its name is the fully qualified board name.
    pub(crate) arduino: Option<Port>,
    /// The board in `PlatformIO`.
    pub(crate) platformio: Option<Port>,
    /// The board in the FIT IoT-LAB testbed.
    pub(crate) iot_lab: Option<Testbed>,
    /// How QEMU emulates the board, where it does.
    pub(crate) emulator: Option<Emulator>,
}

/// Takes the provenance out of a spec.
macro_rules! provenance {
    ($spec:expr) => {
        crate::Provenance {
            sources: std::mem::take(&mut $spec.sources),
            unverified: std::mem::take(&mut $spec.unverified),
            notes: std::mem::take(&mut $spec.notes),
        }
    };
}

impl ChipSpec {
    pub(crate) fn take_provenance(&mut self) -> Provenance {
        provenance!(self)
    }
}

impl BoardSpec {
    pub(crate) fn take_provenance(&mut self) -> Provenance {
        provenance!(self)
    }
}
