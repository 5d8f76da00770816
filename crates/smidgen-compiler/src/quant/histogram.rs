//! How often numbers occur, in bins that widen as numbers grow.

/// Bins on each side of 0.
const HALF: usize = 2048;

/// Counts of numbers in bins of equal width around 0. Zeros are counted apart: every quantisation has
/// them exactly.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// Width of a bin; 0 as long as there is none.
    width: f64,
    /// Bins from `-HALF * width` to `HALF * width`.
    counts: Vec<u64>,
    zeros: u64,
}

impl Histogram {
    /// Counts finite numbers.
    pub(super) fn add(&mut self, numbers: &[f32]) {
        let peak = numbers.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        self.reach(f64::from(peak));
        for &x in numbers {
            if x == 0.0 {
                self.zeros += 1;
                continue;
            }
            let bin = (f64::from(x) / self.width).floor() + HALF as f64;
            self.counts[(bin as usize).min(2 * HALF - 1)] += 1;
        }
    }

    /// Widens the bins until they hold `peak`; each doubling merges pairs.
    fn reach(&mut self, peak: f64) {
        if self.counts.is_empty() && peak > 0.0 {
            self.counts = vec![0; 2 * HALF];
            self.width = peak / HALF as f64;
        }
        while self.width * (HALF as f64) < peak {
            let mut merged = vec![0; 2 * HALF];
            for (bin, count) in self.counts.iter().enumerate() {
                merged[HALF / 2 + bin / 2] += count;
            }
            self.counts = merged;
            self.width *= 2.0;
        }
    }

    /// Numbers counted, zeros too.
    pub(super) fn total(&self) -> u64 {
        self.zeros + self.counts.iter().sum::<u64>()
    }

    /// Bins that are not empty, as middle and count, in ascending order.
    pub(super) fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> + '_ {
        let middle = |bin: usize| (bin as f64 - HALF as f64 + 0.5) * self.width;
        let bins = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        bins.map(move |(bin, &count)| (middle(bin), count))
    }

    /// Width of a bin.
    pub(super) fn width(&self) -> f64 {
        self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[&[f32]]) -> Histogram {
        let mut histogram = Histogram::default();
        for part in parts {
            histogram.add(part);
        }
        histogram
    }

    #[test]
    fn every_number_is_counted_near_its_place() {
        let histogram = of(&[&[0.0, 1.0, -1.0, 0.25], &[100.0, 0.0], &[-3.0]]);
        assert_eq!((histogram.total(), histogram.zeros), (7, 2));
        let found: Vec<f64> = histogram.bins().map(|(middle, _)| middle).collect();
        for (found, expected) in found.iter().zip([-3.0, -1.0, 0.25, 1.0, 100.0]) {
            assert!((found - expected).abs() <= histogram.width(), "{found} {expected}");
        }
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn nothing_but_zeros_has_no_bins() {
        let histogram = of(&[&[0.0, -0.0]]);
        assert_eq!((histogram.total(), histogram.bins().count()), (2, 0));
    }
}
