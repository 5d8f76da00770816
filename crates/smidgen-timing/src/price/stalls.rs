//! Memory stalls of one step: fetches and loads, each by the memory it goes to.

use std::collections::BTreeMap;

use smidgen_target::{Class, Device};

use super::paths::{Conditions, Path};
use crate::decode::{Operation, Registers};
use crate::memory::{Fetched, Footprint, Jump, Reader, Reads, data_stalls, fetch_stalls};
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
    /// The memories of a model that needs `ram_bytes`: the fast data memory where that is enough.
    pub(super) fn new(
        device: &Device,
        clock_hz: u64,
        conditions: Conditions,
        ram_bytes: u64,
    ) -> Self {
        let path = |memory| Path::new(device, memory, clock_hz, conditions);
        let fast = device.fast_data.as_ref();
        let data = fast.filter(|memory| ram_bytes > 0 && ram_bytes <= u64::from(memory.size));
        let (code, data) = (path(&device.code), path(data.unwrap_or(&device.data)));
        let fast_code = path(device.fast_code.as_ref().unwrap_or(&device.data));
        Self { code, data, fast_code }
    }

    /// Stalls of `code`, which is sorted by address, one by one.
    pub(super) fn stalls(
        &self,
        code: &[Executed],
        jumps: &[Jump],
        accesses: &[Access],
        regions: &[Region],
        working_set: &WorkingSet,
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
        let code_readers = readers(code, accesses, regions, false);
        let data_readers = readers(code, accesses, regions, true);
        // Constants that are not read from code memory are where a recipe has put them.
        let constants = (working_set.constants as f64).min(traffic(&code_readers.1));
        let placed = working_set.constants as f64 - constants;
        let arena = working_set.arena as f64;
        for ((places, readers), path, bytes) in [
            (code_readers, self.code, Footprint { constants, arena: 0.0 }),
            (data_readers, self.data, Footprint { constants: placed, arena }),
        ] {
            let known = *working_set != WorkingSet::default();
            let found = data_stalls(&readers, known.then_some(bytes), &path.load);
            for (place, cycles) in places.into_iter().zip(found) {
                stalls[place].data += cycles;
            }
        }
        stalls
    }
}

fn traffic(readers: &[Reader]) -> f64 {
    readers.iter().map(|reader| reader.bytes).sum()
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
