//! Memory stalls of one step: fetches and loads, each by the memory it goes to.

use serde::{Deserialize, Serialize};
use smidgen_target::{Device, Memory};

use super::paths::{Conditions, Path};
use super::traffic::{Area, Traffic};
use crate::cycles::Cycles;
use crate::memory::{Fetched, Footprint, Reads, data_stalls, fetch_stalls};

/// Different bytes that a step reads, by kind: what caches would have to hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingSet {
    /// Weights, tables and other constants.
    pub constants: u64,
    /// Inputs.
    pub arena: u64,
}

/// The memories that firmware uses on a board, at one clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memories {
    /// Where code and constants are.
    code: Path,
    /// Where variables, arena and stack are, and what a recipe places in RAM.
    data: Path,
    /// Where code is that a recipe places in RAM.
    fast_code: Path,
}

/// Stall cycles of one instruction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stall {
    pub(super) fetch: f64,
    pub(super) data: f64,
}

impl Memories {
    /// The memories of code, of data, and of code that a recipe places in RAM.
    pub(super) fn new(
        device: &Device,
        clock_hz: u64,
        conditions: Conditions,
        places: [&Memory; 3],
    ) -> Self {
        let path = |memory| Path::new(device, memory, clock_hz, conditions);
        let [code, data, fast_code] = places.map(path);
        Self { code, data, fast_code }
    }

    /// Stalls of the instructions that a step executed, one by one. `core` has their core cycles.
    pub(super) fn stalls(
        &self,
        traffic: &Traffic,
        core: &[Cycles],
        working_set: WorkingSet,
    ) -> Vec<Stall> {
        let mut stalls = vec![Stall::default(); traffic.fetched.len()];
        let time = |fetched: &Fetched, core: &Cycles| {
            let executions = fetched.sequential.saturating_add(fetched.jumps);
            Fetched { cycles: core.total() / executions.max(1) as f64, ..*fetched }
        };
        let code: Vec<_> = traffic.fetched.iter().zip(core).map(|(f, c)| time(f, c)).collect();
        for Area { range, writable } in &traffic.areas {
            let path = if *writable { &self.fast_code } else { &self.code };
            let found = fetch_stalls(&code[range.clone()], &traffic.jumps, &path.fetch);
            for (stall, cycles) in stalls[range.clone()].iter_mut().zip(found) {
                stall.fetch = cycles;
            }
        }
        // Constants that are not read from code memory are where a recipe has put them.
        let constants = (working_set.constants as f64).min(traffic.from_code.bytes());
        let placed = working_set.constants as f64 - constants;
        let arena = working_set.arena as f64;
        let known = working_set != WorkingSet::default();
        for (loads, path, bytes) in [
            (&traffic.from_code, &self.code, Footprint { constants, arena: 0.0 }),
            (&traffic.from_data, &self.data, Footprint { constants: placed, arena }),
        ] {
            let found = data_stalls(&loads.readers, known.then_some(bytes), &path.load);
            for (&place, cycles) in loads.places.iter().zip(found) {
                stalls[place].data += cycles;
            }
        }
        stalls
    }
}

impl Memories {
    /// Whether no access ever waits.
    pub(super) fn are_immediate(&self) -> bool {
        let immediate = |path: &Path| [path.fetch, path.load].iter().all(Reads::is_immediate);
        [&self.code, &self.data, &self.fast_code].into_iter().all(immediate)
    }
}
