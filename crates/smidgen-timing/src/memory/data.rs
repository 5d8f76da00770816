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

/// Stall cycles of each of `readers`, all of which read the same memory in the same step.
///
/// `working_set` is the number of different bytes that the step reads through the memory's cache.
/// Where it fits, each byte is fetched once; where it is twice the cache or more, every line is
/// fetched whenever a loop comes back to it. Reads are taken to be in ascending order within a
/// line, as kernels read weights and activations.
pub fn data_stalls(readers: &[Reader], working_set: f64, reads: &Reads) -> Vec<f64> {
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
    let (size, line) = (f64::from(cache.bytes), f64::from(cache.line_bytes));
    let once = (working_set / traffic.max(1.0)).min(1.0);
    let excess = ((working_set - size) / size.max(1.0)).clamp(0.0, 1.0);
    let missing = once + (1.0 - once) * excess;
    let fill = reads.transfer(cache.line_bytes);
    let stall = |reader: &Reader| {
        if reader.literal { 0.0 } else { missing * reader.bytes / line * fill }
    };
    readers.iter().map(stall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Geometry;

    const FLASH: Reads =
        Reads { unit_bytes: 16, first_cycles: 5.0, next_cycles: 6.0, ..Reads::IMMEDIATE };

    fn check(reads: Reads, working_set: f64, expected: f64) {
        let reader = |bytes, literal| Reader { accesses: bytes / 4.0, bytes, literal };
        let readers = [reader(1600.0, false), reader(400.0, true)];
        let stalls: f64 = data_stalls(&readers, working_set, &reads).iter().sum();
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
}
