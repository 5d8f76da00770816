//! Stalls of loads.

use super::Reads;

/// An instruction that reads a memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reader {
    /// Number of accesses.
    pub accesses: f64,
    /// Bytes of all accesses.
    pub bytes: f64,
    /// Whether it reads a constant beside the code: few bytes, again and again.
    pub literal: bool,
}

/// How many different bytes instructions read from a memory in one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footprint {
    /// Weights and tables.
    pub constants: f64,
    /// Activations and scratch.
    pub arena: f64,
}

/// Share of the loads of a cached memory that read weights, where activations are in it too:
/// a multiply-accumulate needs one of each.
const WEIGHTS: f64 = 0.5;

/// Stall cycles of each of `readers`, all of which read the same memory in the same step.
/// `footprint` is what they read; without it, every byte is taken to be read once.
///
/// Through a cache, every line is filled at least once. Weights are read in passes, all of them
/// once per position: where they are twice the cache or more, each pass fills each line anew, where
/// they fit, none does, and in between in proportion. Activations come back sooner than that and
/// are taken to stay.
pub fn data_stalls(readers: &[Reader], footprint: Option<Footprint>, reads: &Reads) -> Vec<f64> {
    if reads.is_immediate() {
        return vec![0.0; readers.len()];
    }
    let Some(cache) = reads.cache else {
        let stall = |reader: &Reader| {
            let delay = reads.first_cycles + reads.bus_cycles;
            reader.accesses * delay + reader.bytes * reads.byte_cycles
        };
        return readers.iter().map(stall).collect();
    };
    let traffic: f64 = readers.iter().filter(|reader| !reader.literal).map(|r| r.bytes).sum();
    let filled = footprint.map_or(traffic, |Footprint { constants, arena }| {
        let size = f64::from(cache.bytes).max(1.0);
        let excess = ((constants - size) / size).clamp(0.0, 1.0);
        let weights = if arena > 0.0 { WEIGHTS * traffic } else { traffic };
        arena + constants + (weights - constants).max(0.0) * excess
    });
    let missing = (filled / traffic.max(1.0)).min(1.0);
    let fill = reads.transfer(cache.line_bytes) / f64::from(cache.line_bytes);
    let stall = |reader: &Reader| {
        if reader.literal { 0.0 } else { missing * reader.bytes * fill }
    };
    readers.iter().map(stall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Geometry;

    const FLASH: Reads =
        Reads { unit_bytes: 16, first_cycles: 5.0, next_cycles: 6.0, ..Reads::IMMEDIATE };

    fn check(reads: Reads, constants: f64, expected: f64) {
        check_both(reads, Footprint { constants, arena: 0.0 }, expected);
    }

    fn check_both(reads: Reads, footprint: Footprint, expected: f64) {
        let reader = |bytes, literal| Reader { accesses: bytes / 4.0, bytes, literal };
        let readers = [reader(1600.0, false), reader(400.0, true)];
        let stalls: f64 = data_stalls(&readers, Some(footprint), &reads).iter().sum();
        assert!((stalls - expected).abs() < 1e-9, "{stalls} instead of {expected}");
    }

    fn cached(bytes: u32) -> Reads {
        Reads { cache: Some(Geometry { bytes, line_bytes: 16 }), ..FLASH }
    }

    #[test]
    fn without_a_cache_every_access_waits() {
        check(FLASH, 1600.0, 500.0 * 5.0);
        check(Reads { bus_cycles: 2.0, ..FLASH }, 1600.0, 500.0 * 7.0);
        check(Reads { byte_cycles: 0.5, ..FLASH }, 1600.0, 500.0 * 5.0 + 1000.0);
        check(Reads::IMMEDIATE, 1600.0, 0.0);
    }

    #[test]
    fn what_fits_is_read_once() {
        check(cached(1024), 800.0, 800.0 / 16.0 * 5.0);
    }

    #[test]
    fn what_does_not_fit_is_read_every_time() {
        check(cached(256), 800.0, 1600.0 / 16.0 * 5.0);
    }

    #[test]
    fn streams_are_read_once_in_any_case() {
        check(cached(256), 1600.0, 1600.0 / 16.0 * 5.0);
        check(cached(4096), 1600.0, 1600.0 / 16.0 * 5.0);
    }
    #[test]
    fn activations_stay() {
        // Half of the traffic are weights: once 400 bytes, then 400 more in a second pass.
        let footprint = Footprint { constants: 400.0, arena: 160.0 };
        check_both(cached(1024), footprint, 560.0 / 16.0 * 5.0);
        check_both(cached(128), footprint, 960.0 / 16.0 * 5.0);
    }
}
