//! Stalls of instruction fetches.

use super::{BUS_BYTES, Reads};

/// An executed instruction and how control reached it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fetched {
    /// Address.
    pub address: u32,
    /// Size in bytes: 2 or 4.
    pub bytes: u32,
    /// How often it was reached from the instruction before it.
    pub sequential: u64,
    /// How often it was reached by a jump.
    pub jumps: u64,
    /// Core cycles of one execution, on average.
    pub cycles: f64,
}

impl Fetched {
    fn last(&self) -> u32 {
        self.address.saturating_add(self.bytes.max(1) - 1)
    }
}

/// Jumps between two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Address of the branch.
    pub from: u32,
    /// Its target.
    pub to: u32,
    /// How often it was taken.
    pub taken: u64,
}

/// How often a unit of memory was entered by one instruction.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Index of the instruction.
    instruction: usize,
    /// The unit.
    unit: u32,
    sequential: u64,
    jumps: u64,
}

/// Stall cycles of fetching, per instruction. `code` is sorted by address and lies in a memory that
/// answers as `reads` says; `jumps` are those whose targets are known.
pub fn fetch_stalls(code: &[Fetched], jumps: &[Jump], reads: &Reads) -> Vec<f64> {
    let mut stalls = vec![0.0; code.len()];
    if reads.is_immediate() {
        return stalls;
    }
    if let Some(cache) = reads.cache {
        let line = cache.line_bytes;
        let entries = entries(code, jumps, line);
        let miss = reads.transfer(line);
        let share = missing(&entries, cache.lines());
        let time = execution(code, line);
        for entry in entries {
            let share = at(&share, entry.unit).unwrap_or(1.0);
            stalls[entry.instruction] += share * entry_stall(entry, miss, reads.prefetch, &time);
        }
    } else {
        let array = reads.array(reads.unit_bytes);
        add(&mut stalls, code, jumps, reads.unit_bytes, array, reads.prefetch);
        // Cores behind a bus have a queue that fetches ahead.
        add(&mut stalls, code, jumps, BUS_BYTES, reads.bus_cycles, true);
    }
    stalls
}

/// Adds the stalls of a memory that answers every entry into a unit after `delay`.
fn add(
    stalls: &mut [f64],
    code: &[Fetched],
    jumps: &[Jump],
    unit: u32,
    delay: f64,
    prefetch: bool,
) {
    if delay <= 0.0 {
        return;
    }
    let time = execution(code, unit);
    for entry in entries(code, jumps, unit) {
        stalls[entry.instruction] += entry_stall(entry, delay, prefetch, &time);
    }
}

/// Stall of all entries of one kind: a jump waits for all of the delay, a sequential entry for what
/// the execution of the unit before it leaves.
fn entry_stall(entry: Entry, delay: f64, prefetch: bool, time: &ByUnit) -> f64 {
    let hidden = match entry.unit.checked_sub(1).and_then(|before| at(time, before)) {
        Some(cycles) if prefetch => cycles,
        _ => 0.0,
    };
    entry.jumps as f64 * delay + entry.sequential as f64 * (delay - hidden).max(0.0)
}

/// Entries into units of `unit` bytes. A jump inside a unit is none.
fn entries(code: &[Fetched], jumps: &[Jump], unit: u32) -> Vec<Entry> {
    let mut inside: Vec<(u32, u64)> = jumps
        .iter()
        .filter(|jump| jump.from / unit == jump.to / unit)
        .map(|jump| (jump.to, jump.taken))
        .collect();
    inside.sort_unstable();
    let stays = |address: u32| {
        let first = inside.partition_point(|jump| jump.0 < address);
        let same = inside[first..].iter().take_while(|jump| jump.0 == address);
        same.fold(0_u64, |sum, jump| sum.saturating_add(jump.1))
    };
    let mut entries = Vec::new();
    let mut before: Option<u32> = None;
    for (instruction, fetched) in code.iter().enumerate() {
        let (first, last) = (fetched.address / unit, fetched.last() / unit);
        let jumps = fetched.jumps.saturating_sub(stays(fetched.address));
        let new = before != Some(first);
        let sequential = if new { fetched.sequential } else { 0 };
        if jumps > 0 || sequential > 0 {
            entries.push(Entry { instruction, unit: first, sequential, jumps });
        }
        if last != first {
            // The second half follows whatever led to the first.
            let sequential = fetched.sequential.saturating_add(fetched.jumps);
            entries.push(Entry { instruction, unit: last, sequential, jumps: 0 });
        }
        before = Some(last);
    }
    entries
}

/// A figure per unit, by ascending unit.
type ByUnit = Vec<(u32, f64)>;

/// The figure of `unit`.
fn at(figures: &ByUnit, unit: u32) -> Option<f64> {
    let found = figures.binary_search_by_key(&unit, |figure| figure.0);
    found.ok().map(|index| figures[index].1)
}

/// Sums the figures of each unit; they come by ascending unit.
fn sums(figures: impl Iterator<Item = (u32, f64)>) -> ByUnit {
    let mut sums = ByUnit::new();
    for (unit, figure) in figures {
        match sums.last_mut() {
            Some(last) if last.0 == unit => last.1 += figure,
            _ => sums.push((unit, figure)),
        }
    }
    sums
}

/// Core cycles that one pass through each unit takes.
fn execution(code: &[Fetched], unit: u32) -> ByUnit {
    sums(code.iter().map(|fetched| (fetched.address / unit, fetched.cycles)))
}

/// Share of the entries into each line that miss a cache of `capacity` lines.
///
/// The lines that are entered most often stay, until a pass of an outer loop needs more lines than
/// there are: the most often entered line that no longer fits says how often that happens, and
/// then each line is filled anew. Where all lines fit, each is filled once.
fn missing(entries: &[Entry], capacity: usize) -> ByUnit {
    let count = |entry: &Entry| entry.sequential as f64 + entry.jumps as f64;
    let mut shares = sums(entries.iter().map(|entry| (entry.unit, count(entry))));
    let mut counts: Vec<f64> = shares.iter().map(|share| share.1).collect();
    counts.sort_unstable_by(|a, b| b.total_cmp(a));
    let rounds = counts.get(capacity).copied().unwrap_or(1.0);
    for (_, share) in &mut shares {
        *share = if *share > 0.0 { rounds.min(*share) / *share } else { 0.0 };
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Geometry;

    /// A loop of `count` halfwords at address 0 that is passed `passes` times.
    fn looped(count: u32, passes: u64) -> (Vec<Fetched>, Vec<Jump>) {
        let code = (0..count)
            .map(|index| Fetched {
                address: 2 * index,
                bytes: 2,
                sequential: if index == 0 { 1 } else { passes },
                jumps: if index == 0 { passes - 1 } else { 0 },
                cycles: 1.0,
            })
            .collect();
        (code, vec![Jump { from: 2 * count - 2, to: 0, taken: passes - 1 }])
    }

    fn check(halfwords: u32, reads: Reads, expected: f64) {
        let (code, jumps) = looped(halfwords, 100);
        let total: f64 = fetch_stalls(&code, &jumps, &reads).iter().sum();
        assert!((total - expected).abs() < 1e-9, "{total} instead of {expected}");
    }

    /// Flash with two wait states and 8 bytes at a time.
    const FLASH: Reads =
        Reads { unit_bytes: 8, first_cycles: 2.0, next_cycles: 3.0, ..Reads::IMMEDIATE };

    #[test]
    fn a_fast_memory_never_stalls() {
        check(100, Reads::IMMEDIATE, 0.0);
    }

    #[test]
    fn every_unit_waits() {
        check(8, FLASH, 2.0 * 200.0);
    }

    #[test]
    fn a_loop_in_one_unit_waits_once() {
        check(4, FLASH, 2.0);
    }

    #[test]
    fn prefetch_hides_what_execution_covers() {
        // Four cycles per unit cover two wait states; only jumps wait, and the very first entry.
        check(8, Reads { prefetch: true, ..FLASH }, 2.0 * 99.0 + 2.0);
        // Of six wait states, two remain.
        let slow = Reads { prefetch: true, first_cycles: 6.0, ..FLASH };
        check(8, slow, 6.0 * 100.0 + 2.0 * 100.0);
    }

    #[test]
    fn a_cache_that_holds_the_loop_is_filled_once() {
        let cache = Some(Geometry { bytes: 64, line_bytes: 16 });
        // A line is two units.
        check(32, Reads { cache, ..FLASH }, 4.0 * 5.0);
    }

    #[test]
    fn a_cache_that_is_too_small_is_filled_every_time() {
        let cache = Some(Geometry { bytes: 48, line_bytes: 16 });
        check(32, Reads { cache, ..FLASH }, 4.0 * 5.0 * 100.0);
    }

    #[test]
    fn buses_cost_per_transaction() {
        // Eight bytes take four cycles to execute; each further transaction waits for the rest.
        check(8, Reads { bus_cycles: 5.0, ..Reads::IMMEDIATE }, 5.0 * 100.0 + 1.0 * 100.0);
    }
}
