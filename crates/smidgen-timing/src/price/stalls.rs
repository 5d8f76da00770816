//! Memory stalls of one step: fetches and loads, each by the memory it goes to.

use std::collections::BTreeMap;

use smidgen_target::{Class, Device};

use super::paths::{Conditions, Path};
use crate::decode::{Operation, Registers};
use crate::memory::{Fetched, Jump, Reader, Reads, data_stalls, fetch_stalls};
use crate::profile::{Access, Region};

/// Different bytes that a step reads, by kind: what caches would have to hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkingSet {
    /// Weights, tables and other constants.
    pub constants: u64,
    /// Inputs, outputs and scratch.
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
    /// Whether loads of both go through one cache.
    shared_cache: bool,
}

/// An instruction of a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Executed {
    pub(super) operation: Operation,
    pub(super) fetched: Fetched,
}

impl Executed {
    fn executions(&self) -> u64 {
        self.fetched.sequential.saturating_add(self.fetched.jumps)
    }

    /// Whether it reads a constant that lies beside the code.
    fn is_literal(&self) -> bool {
        self.operation.address == Registers::NONE && self.operation.class != Class::Unknown
    }
}

/// Stall cycles of one instruction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stall {
    pub(super) fetch: f64,
    pub(super) data: f64,
}

impl Memories {
    pub(super) fn new(device: &Device, clock_hz: u64, conditions: Conditions) -> Self {
        let path = |memory| Path::new(device, memory, clock_hz, conditions);
        let (code, data) = (path(&device.code), path(&device.data));
        let fast_code = path(device.fast_code.as_ref().unwrap_or(&device.data));
        let both = |name: &String| *name == device.code.name || *name == device.data.name;
        let shared_cache = device.code.name != device.data.name
            && device
                .chip
                .caches
                .iter()
                .any(|c| c.memories.iter().filter(|m| both(m)).count() == 2);
        Self { code, data, fast_code, shared_cache }
    }

    fn path(&self, writable: bool) -> &Path {
        if writable { &self.data } else { &self.code }
    }

    /// Stalls of `code`, which is sorted by address, one by one.
    pub(super) fn stalls(
        &self,
        code: &[Executed],
        jumps: &[Jump],
        accesses: &[Access],
        regions: &[Region],
        working_set: WorkingSet,
    ) -> Vec<Stall> {
        let mut stalls = vec![Stall::default(); code.len()];
        let fetched: Vec<Fetched> = code.iter().map(|executed| executed.fetched).collect();
        for (range, writable) in areas(&fetched, regions) {
            let path = if writable { &self.fast_code } else { &self.code };
            let found = fetch_stalls(&fetched[range.clone()], jumps, &path.fetch);
            for (stall, cycles) in stalls[range].iter_mut().zip(found) {
                stall.fetch = cycles;
            }
        }
        for writable in [false, true] {
            let reads = &self.path(writable).load;
            let (places, readers) = readers(code, accesses, regions, writable);
            let bytes = self.working_set_bytes(&readers, writable, working_set);
            for (place, cycles) in places.into_iter().zip(data_stalls(&readers, bytes, reads)) {
                stalls[place].data += cycles;
            }
        }
        stalls
    }

    /// What competes for the cache that serves loads of one kind of memory.
    fn working_set_bytes(&self, readers: &[Reader], writable: bool, set: WorkingSet) -> f64 {
        let own = if writable { set.arena } else { set.constants };
        let all = if self.shared_cache { set.arena.saturating_add(set.constants) } else { own };
        if all == 0 {
            // Nothing is known: each byte is taken to be read once.
            return readers.iter().map(|reader| reader.bytes).sum();
        }
        all as f64
    }
}

/// The parts of `code` that lie in one kind of memory, and whether it can be written.
fn areas(code: &[Fetched], regions: &[Region]) -> Vec<(std::ops::Range<usize>, bool)> {
    let mut areas: Vec<(std::ops::Range<usize>, bool)> = Vec::new();
    for (index, fetched) in code.iter().enumerate() {
        let writable = regions
            .iter()
            .find(|region| fetched.address.wrapping_sub(region.base) < region.bytes)
            .is_some_and(|region| region.writable);
        match areas.last_mut() {
            Some((range, of)) if *of == writable => range.end = index + 1,
            _ => areas.push((index..index + 1, writable)),
        }
    }
    areas
}

/// The instructions that read memory of one kind: where they are in `code`, and what they read.
fn readers(
    code: &[Executed],
    accesses: &[Access],
    regions: &[Region],
    writable: bool,
) -> (Vec<usize>, Vec<Reader>) {
    let mut bytes: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for access in accesses {
        let (own, all) = bytes.entry(access.instruction).or_default();
        *all += access.read as f64;
        let region = access.region.and_then(|index| regions.get(index));
        if region.is_some_and(|region| region.writable == writable) {
            *own += access.read as f64;
        }
    }
    let (mut places, mut readers) = (Vec::new(), Vec::new());
    for (place, executed) in code.iter().enumerate() {
        let Some(&(own, all)) = bytes.get(&executed.fetched.address) else { continue };
        if own > 0.0 {
            let words = f64::from(executed.operation.words.max(1));
            let accesses = executed.executions() as f64 * words * own / all;
            places.push(place);
            readers.push(Reader { accesses, bytes: own, literal: executed.is_literal() });
        }
    }
    (places, readers)
}

impl Memories {
    /// Whether no access ever waits.
    pub(super) fn are_immediate(&self) -> bool {
        let immediate = |path: &Path| [path.fetch, path.load].iter().all(Reads::is_immediate);
        [&self.code, &self.data, &self.fast_code].into_iter().all(immediate)
    }
}
