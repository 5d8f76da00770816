//! The ways from a core to its memories, at one clock.

use smidgen_target::{CacheKind, Delay, Device, Memory};

use crate::memory::{Geometry, Reads};

/// What a price depends on besides the board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Core clock in hertz; the board's own by default. Wait states move with it.
    pub clock_hz: Option<u64>,
    /// All caches on or off; as the board says by default.
    pub caches: Option<bool>,
}

/// How a core reads one memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Path {
    /// Instruction fetches.
    pub(super) fetch: Reads,
    /// Loads.
    pub(super) load: Reads,
}

impl Path {
    /// How the core of `device` reads `memory` at `clock_hz`.
    pub(super) fn new(
        device: &Device,
        memory: &Memory,
        clock_hz: u64,
        conditions: Conditions,
    ) -> Self {
        let reads = |kind| {
            let cache = cache(device, memory, kind, conditions.caches);
            Reads { cache, ..uncached(memory, clock_hz) }
        };
        Self { fetch: reads(CacheKind::Instruction), load: reads(CacheKind::Data) }
    }
}

fn uncached(memory: &Memory, clock_hz: u64) -> Reads {
    let Some(timing) = &memory.timing else { return Reads::IMMEDIATE };
    let reads = Reads {
        unit_bytes: timing.unit_bytes.max(1),
        bus_cycles: f64::from(timing.bus_cycles),
        prefetch: timing.prefetch,
        ..Reads::IMMEDIATE
    };
    match timing.delay {
        Delay::WaitStates(_) => {
            let waits = f64::from(timing.delay.wait_states(clock_hz).unwrap_or(0));
            Reads { first_cycles: waits, next_cycles: waits + 1.0, ..reads }
        }
        Delay::Time { latency_ns, ns_per_byte } => {
            let per_ns = clock_hz as f64 * 1e-9;
            let first_cycles = (latency_ns * per_ns - 1.0).max(0.0);
            Reads { first_cycles, byte_cycles: ns_per_byte * per_ns, ..reads }
        }
    }
}

/// The cache that serves accesses of `kind` to `memory`.
fn cache(device: &Device, memory: &Memory, kind: CacheKind, on: Option<bool>) -> Option<Geometry> {
    let mut caches = device.chip.caches.iter();
    let found = caches.find(|cache| {
        on.unwrap_or(cache.enabled)
            && cache.serves.overlaps(kind)
            && cache.memories.contains(&memory.name)
    })?;
    Some(Geometry { bytes: found.size_bytes, line_bytes: found.line_bytes.max(1) })
}
