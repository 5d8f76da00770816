//! Stalls of memories that are slower than the core.
//!
//! Nothing here replays addresses: the stalls follow from how often each instruction executed, how
//! control reached it, and how many bytes it read, which the profile knows exactly. What a cache
//! holds is estimated from the size of the working set.

mod data;
mod fetch;

pub use data::{Footprint, Reader, data_stalls};
pub use fetch::{Fetched, Jump, fetch_stalls};

/// Bytes that one transaction of a core's bus moves.
const BUS_BYTES: u32 = 8;

/// How a memory answers reads at one clock: core cycles beyond the one that pipelines assume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reads {
    /// Bytes that one read of the memory array delivers, more than zero.
    pub unit_bytes: u32,
    /// Cycles until the first unit of a transaction is there.
    pub first_cycles: f64,
    /// Cycles for each further unit of it.
    pub next_cycles: f64,
    /// Further cycles per byte, of memories with a narrow interface.
    pub byte_cycles: f64,
    /// Cycles that buses and bridges add to each transaction.
    pub bus_cycles: f64,
    /// Whether the next unit of code is read while the present one executes.
    pub prefetch: bool,
    /// The cache in front of the memory, where there is one that is on.
    pub cache: Option<Geometry>,
}

/// The size of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// All of it, in bytes.
    pub bytes: u32,
    /// One line, in bytes, more than zero.
    pub line_bytes: u32,
}

impl Reads {
    /// A memory that keeps up with the core.
    pub const IMMEDIATE: Self = Self {
        unit_bytes: 4,
        first_cycles: 0.0,
        next_cycles: 0.0,
        byte_cycles: 0.0,
        bus_cycles: 0.0,
        prefetch: false,
        cache: None,
    };

    /// Whether reads never wait.
    pub fn is_immediate(&self) -> bool {
        self.first_cycles == 0.0 && self.byte_cycles == 0.0 && self.bus_cycles == 0.0
    }

    /// Cycles until `bytes` that lie one after the other are there. Behind a bus, they come in
    /// beats, one per cycle at best.
    fn transfer(&self, bytes: u32) -> f64 {
        let behind = |part: u32| f64::from(bytes.div_ceil(part).max(1) - 1);
        let beats = if self.bus_cycles > 0.0 { behind(BUS_BYTES) } else { 0.0 };
        let units = behind(self.unit_bytes) * self.next_cycles;
        self.bus_cycles + self.array(bytes) + units.max(beats)
    }

    /// Cycles until the first unit of `bytes` is there, were there no bus.
    fn array(&self, bytes: u32) -> f64 {
        self.first_cycles + f64::from(bytes) * self.byte_cycles
    }
}

impl Geometry {
    /// Number of lines.
    fn lines(self) -> usize {
        (self.bytes / self.line_bytes) as usize
    }
}
