//! Finds contradictions in what files say.

use std::collections::BTreeMap;

use super::{At, lookup};
use crate::{Board, Cache, Core, Delay, Error, Memory, Price, ReadTiming};

/// No cache is larger, in bytes; nor is a line, or the unit of a memory, than `UNIT_MOST`.
const CACHE_MOST: u32 = 16 << 20;
const UNIT_MOST: u32 = 1024;
/// No read waits for more core cycles, or nanoseconds.
const WAIT_MOST: u32 = 10_000;

pub(super) fn memories(at: At<'_>, memories: &[Memory], max_clock_hz: u64) -> Result<(), Error> {
    for (index, memory) in memories.iter().enumerate() {
        let field = format!("memories.{}", memory.name);
        if !is_name(&memory.name) {
            return Err(at.field(field, "a name has letters, digits, `-` and `_` only"));
        }
        if memory.size == 0 {
            return Err(at.field(field, "`size` must be more than 0"));
        }
        if memory.end() > 1 << 32 {
            return Err(at.field(field, "`base` and `size` reach beyond 32-bit addresses"));
        }
        for other in &memories[..index] {
            if other.name == memory.name {
                return Err(at.field(field, "two memories have this name"));
            }
            if u64::from(memory.base) < other.end() && u64::from(other.base) < memory.end() {
                return Err(at.field(field, format!("overlaps memory `{}`", other.name)));
            }
        }
        if let Some(timing) = &memory.timing {
            let problem = timing_problem(timing, max_clock_hz);
            problem.map_or(Ok(()), |message| Err(at.field(field + ".timing", message)))?;
        }
    }
    Ok(())
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

fn timing_problem(timing: &ReadTiming, max_clock_hz: u64) -> Option<String> {
    if !timing.unit_bytes.is_power_of_two() || timing.unit_bytes > UNIT_MOST {
        return Some(format!("`unit_bytes` must be a power of two up to {UNIT_MOST}"));
    }
    if timing.bus_cycles > WAIT_MOST {
        return Some(format!("`bus_cycles` must be at most {WAIT_MOST}"));
    }
    match &timing.delay {
        Delay::Time { latency_ns, ns_per_byte } => [latency_ns, ns_per_byte]
            .iter()
            .any(|ns| !(0.0..=f64::from(WAIT_MOST)).contains(*ns))
            .then(|| format!("`latency_ns` and `ns_per_byte` must be from 0 to {WAIT_MOST}")),
        Delay::WaitStates(table) => {
            let ascending = table.is_sorted_by(|a, b| a.up_to_hz < b.up_to_hz);
            if !ascending || table.first().is_some_and(|entry| entry.up_to_hz == 0) {
                Some("`wait_states` must have ascending clocks above 0".to_owned())
            } else if table.iter().any(|entry| entry.cycles > WAIT_MOST) {
                Some(format!("`wait_states` must be at most {WAIT_MOST} cycles"))
            } else if table.last().is_none_or(|entry| entry.up_to_hz < max_clock_hz) {
                Some(format!("`wait_states` must cover `max_clock_hz`, {max_clock_hz}"))
            } else {
                None
            }
        }
    }
}

pub(super) fn caches(at: At<'_>, caches: &[Cache], memories: &[Memory]) -> Result<(), Error> {
    let known: BTreeMap<_, _> =
        memories.iter().map(|memory| (memory.name.clone(), memory)).collect();
    for (index, cache) in caches.iter().enumerate() {
        let field = format!("caches.{}", cache.name);
        if !is_name(&cache.name) {
            return Err(at.field(field, "a name has letters, digits, `-` and `_` only"));
        }
        for name in &cache.memories {
            lookup(at, &format!("{field}.memories"), name, &known)?;
        }
        if let Some(message) = geometry_problem(cache) {
            return Err(at.field(field, message));
        }
        for other in &caches[..index] {
            if other.name == cache.name {
                return Err(at.field(field, "two caches have this name"));
            }
            let shared = cache.memories.iter().find(|name| other.memories.contains(name));
            if let Some(memory) = shared
                && cache.enabled
                && other.enabled
                && cache.serves.overlaps(other.serves)
            {
                let message = format!("memory `{memory}` has cache `{}` already", other.name);
                return Err(at.field(field, message));
            }
        }
    }
    Ok(())
}

fn geometry_problem(cache: &Cache) -> Option<String> {
    let Cache { size_bytes, line_bytes, ways, .. } = *cache;
    if !line_bytes.is_power_of_two() || line_bytes > UNIT_MOST {
        return Some(format!("`line_bytes` must be a power of two up to {UNIT_MOST}"));
    }
    let set_bytes = u64::from(line_bytes) * u64::from(ways);
    if size_bytes == 0 || set_bytes == 0 || !u64::from(size_bytes).is_multiple_of(set_bytes) {
        return Some("`size_bytes` must be a multiple of `line_bytes` times `ways`".to_owned());
    }
    (size_bytes > CACHE_MOST).then(|| format!("`size_bytes` must be at most {CACHE_MOST}"))
}

pub(super) fn price(at: At<'_>, price: Option<&Price>) -> Result<(), Error> {
    let Some(price) = price else { return Ok(()) };
    if !(price.usd > 0.0 && price.usd < 1e6) {
        return Err(at.field("price.usd", "must be more than 0 and below a million"));
    }
    if !(1990..=2100).contains(&price.year) {
        return Err(at.field("price.year", "must be a year from 1990 to 2100"));
    }
    Ok(())
}

/// Checks that the emulated board of a core exists and can do what the core can.
pub(super) fn emulation(
    at: At<'_>,
    core: &Core,
    boards: &BTreeMap<String, Board>,
) -> Result<(), Error> {
    const FIELD: &str = "emulated_on";
    let Some(name) = &core.emulated_on else { return Ok(()) };
    let board = lookup(at, FIELD, name, boards)?;
    if board.device().is_none_or(|device| device.emulator.is_none()) {
        return Err(at.field(FIELD, format!("board `{name}` is not emulated")));
    }
    if board.core.isa != core.isa {
        let message = format!("board `{name}` has instruction set {}", board.core.isa);
        return Err(at.field(FIELD, message));
    }
    if !core.features.iter().all(|feature| board.core.features.contains(feature)) {
        return Err(at.field(FIELD, format!("board `{name}` lacks features of this core")));
    }
    Ok(())
}
