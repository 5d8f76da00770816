//! Ways to choose the range that the integers of a value cover.

use super::interval::Interval;
use super::statistics::Record;
use crate::tensor::DType;
use std::fmt;
use std::str::FromStr;

/// How ranges come from what was observed. Numbers outside a range are clipped to it; the narrower it
/// is, the finer are the steps inside. 16 bits are fine enough: their ranges hold everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// From the least number to the greatest, as TFLite's converter does.
    MinMax,
    /// The given percentage of the numbers; half of the rest is cut at each end.
    Percentile(f64),
    /// The least mean of squared errors, of clipping and of rounding.
    Mse,
    /// The least information lost: the Kullback-Leibler divergence of the numbers' distribution from
    /// that of their codes, as `TensorRT`'s calibration does (Migacz, GTC 2017), for both ends.
    Entropy,
}

/// Ranges that are tried narrower by `1 / STEPS` of the whole each.
const STEPS: u32 = 96;
/// The narrowest range that is tried, as a share of the whole.
const LEAST: f64 = 0.1;
/// Codes of int8.
const LEVELS: f64 = 255.0;

impl Method {
    /// The range for codes of type `dtype`.
    pub(super) fn range(self, record: &Record, dtype: DType) -> Interval {
        let whole = record.range;
        if dtype == DType::I16 || record.histogram.bins().next().is_none() {
            return whole;
        }
        let ends = match self {
            Self::MinMax => return whole,
            Self::Percentile(kept) => percentile(record, 1.0 - kept / 100.0),
            Self::Mse => least_squares(record),
            Self::Entropy => least_divergence(record),
        };
        let cut = Interval { low: ends.0 as f32, high: ends.1 as f32 };
        Interval { low: cut.low.max(whole.low), high: cut.high.min(whole.high).max(cut.low) }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinMax => f.write_str("min-max"),
            Self::Percentile(kept) => write!(f, "percentile:{kept}"),
            Self::Mse => f.write_str("mse"),
            Self::Entropy => f.write_str("entropy"),
        }
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, kept) = text.split_once(':').map_or((text, None), |(n, kept)| (n, Some(kept)));
        match (name, kept) {
            ("min-max", None) => Ok(Self::MinMax),
            ("mse", None) => Ok(Self::Mse),
            ("entropy", None) => Ok(Self::Entropy),
            ("percentile", kept) => {
                let kept = kept.unwrap_or("99.99").parse().ok();
                let kept = kept.filter(|kept| (50.0..=100.0).contains(kept));
                kept.map(Self::Percentile).ok_or("a percentile is from 50 to 100".to_string())
            }
            _ => Err("expected `min-max`, `percentile:99.99`, `mse` or `entropy`".to_string()),
        }
    }
}

/// The ends beyond which there is half of the share `cut` of all numbers each.
fn percentile(record: &Record, cut: f64) -> (f64, f64) {
    let histogram = &record.histogram;
    let beyond = histogram.total() as f64 * cut.clamp(0.0, 1.0) / 2.0;
    let half = histogram.width() / 2.0;
    let low = first_beyond(histogram.bins(), beyond) - half;
    let high = first_beyond(histogram.bins().rev(), beyond) + half;
    (low.min(0.0), high.max(0.0))
}

/// The first bin up to which there are more than `beyond` numbers.
fn first_beyond(mut bins: impl Iterator<Item = (f64, u64)>, beyond: f64) -> f64 {
    let mut passed = 0.0;
    let is_beyond = |&(_, count): &(f64, u64)| {
        passed += count as f64;
        passed > beyond
    };
    bins.find(is_beyond).map_or(0.0, |(middle, _)| middle)
}

/// Shares of an end that are tried, the whole first.
fn shares() -> impl Iterator<Item = f64> {
    let step = (1.0 - LEAST) / f64::from(STEPS);
    (0..=STEPS).map(move |i| 1.0 - f64::from(i) * step)
}

/// The whole range with 0 in it.
fn with_zero(range: Interval) -> (f64, f64) {
    (f64::from(range.low.min(0.0)), f64::from(range.high.max(0.0)))
}

/// The end among [`shares`] of `end` whose `cost` is least.
fn cheapest(end: f64, cost: impl Fn(f64) -> f64) -> f64 {
    let costs = shares().map(|share| (cost(share * end), share * end));
    costs.reduce(|best, next| if next.0 < best.0 { next } else { best }).map_or(end, |best| best.1)
}

/// Both ends in turn, twice: the error of each depends little on the other.
fn least_squares(record: &Record) -> (f64, f64) {
    let (mut low, mut high) = with_zero(record.range);
    let bins: Vec<(f64, u64)> = record.histogram.bins().collect();
    let error = |low: f64, high: f64| -> f64 {
        let rounding = ((high - low) / LEVELS).powi(2) / 12.0;
        let each = |&(x, count): &(f64, u64)| {
            let clipped = if x < low { low - x } else { (x - high).max(0.0) };
            count as f64 * if clipped > 0.0 { clipped * clipped } else { rounding }
        };
        bins.iter().map(each).sum()
    };
    for _ in 0..2 {
        high = cheapest(high, |high| error(low, high));
        low = cheapest(low, |low| error(low, high));
    }
    (low, high)
}

fn least_divergence(record: &Record) -> (f64, f64) {
    let (mut low, mut high) = with_zero(record.range);
    let bins: Vec<(f64, u64)> = record.histogram.bins().collect();
    for _ in 0..2 {
        high = cheapest(high, |high| divergence(&bins, low, high));
        low = cheapest(low, |low| divergence(&bins, low, high));
    }
    (low, high)
}

/// Divergence of the distribution that is clipped to the range from the one in which all numbers of a
/// code are equally likely where there are any.
fn divergence(bins: &[(f64, u64)], low: f64, high: f64) -> f64 {
    let step = (high - low) / LEVELS;
    if step <= 0.0 {
        return f64::INFINITY;
    }
    let code = |x: f64| ((x.clamp(low, high) - low) / step) as usize;
    let mut levels = vec![(0.0, 0.0); LEVELS as usize + 1];
    for &(x, count) in bins.iter().filter(|(x, _)| (low..=high).contains(x)) {
        let level: &mut (f64, f64) = &mut levels[code(x)];
        level.0 += count as f64;
        level.1 += 1.0;
    }
    let inside: f64 = levels.iter().map(|level| level.0).sum();
    let total: f64 = bins.iter().map(|bin| bin.1 as f64).sum();
    if inside == 0.0 {
        return f64::INFINITY;
    }
    // What is clipped joins the outermost bins inside.
    let below: f64 = bins.iter().take_while(|(x, _)| *x < low).map(|bin| bin.1 as f64).sum();
    let above = total - inside - below;
    let mut inner: Vec<(f64, f64)> = bins
        .iter()
        .filter(|(x, _)| (low..=high).contains(x))
        .map(|&(x, n)| (x, n as f64))
        .collect();
    if let Some(first) = inner.first_mut() {
        first.1 += below;
    }
    if let Some(last) = inner.last_mut() {
        last.1 += above;
    }
    let each = |&(x, count): &(f64, f64)| {
        let (mass, places) = levels[code(x)];
        let (p, q) = (count / total, mass / places / inside);
        p * (p / q).ln()
    };
    inner.iter().map(each).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand numbers from -1 to 1, and one of 50.
    fn outlier() -> Record {
        let mut numbers: Vec<f32> = (0..10_000).map(|i| (i - 5000) as f32 / 5000.0).collect();
        numbers.push(50.0);
        let mut record = Record::default();
        record.add(&numbers, 1);
        record
    }

    fn check(method: Method, high: std::ops::Range<f32>) {
        let range = method.range(&outlier(), DType::I8);
        assert!(high.contains(&range.high), "{method:?}: {range:?}");
        assert!((-1.0..=-0.9).contains(&range.low), "{method:?}: {range:?}");
        assert_eq!(method.range(&outlier(), DType::I16), outlier().range);
    }

    #[test]
    fn an_outlier_is_kept_or_cut() {
        check(Method::MinMax, 50.0..50.1);
        check(Method::Percentile(99.9), 0.99..1.1);
        check(Method::Mse, 4.0..50.0);
        check(Method::Entropy, 4.0..50.0);
    }

    #[test]
    fn names_are_read_back() {
        for method in [Method::MinMax, Method::Percentile(99.5), Method::Mse, Method::Entropy] {
            assert_eq!(method.to_string().parse(), Ok(method));
        }
        assert_eq!("percentile".parse(), Ok(Method::Percentile(99.99)));
        for text in ["", "min", "mse:1", "percentile:", "percentile:101", "percentile:nan"] {
            assert!(text.parse::<Method>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_sided_numbers_keep_zero() {
        let mut record = Record::default();
        record.add(&[1.0, 2.0, 3.0], 1);
        for method in [Method::Percentile(90.0), Method::Mse, Method::Entropy] {
            let range = method.range(&record, DType::I8);
            assert!(range.low <= 1.0 && range.high > 1.0 && range.high <= 3.0, "{range:?}");
        }
    }
}
