//! What calibration samples tell about the values of a float graph.

use super::histogram::Histogram;
use super::interval::Interval;
use crate::diag::{Code, Diagnostic, Origin};
use crate::eval::Values;
use crate::graph::{Graph, ValueId};
use crate::tensor::{DType, Data};

/// What was observed of every float value that is not constant, over all samples so far.
#[derive(Debug, Clone)]
pub struct Statistics {
    records: Vec<Option<Record>>,
    samples: u64,
}

/// What was observed of one value.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// The least and the greatest number.
    pub range: Interval,
    /// How often which numbers were there.
    pub histogram: Histogram,
    /// The greatest absolute value in each channel, which is the last axis.
    pub peaks: Vec<f32>,
    /// The sum of each element over all samples.
    sums: Vec<f64>,
}

impl Default for Record {
    fn default() -> Self {
        let range = Interval { low: f32::INFINITY, high: f32::NEG_INFINITY };
        Self { range, histogram: Histogram::default(), peaks: Vec::new(), sums: Vec::new() }
    }
}

impl Record {
    /// Adds a sample; returns whether it was finite.
    pub(super) fn add(&mut self, numbers: &[f32], channels: usize) -> bool {
        let Some(range) = Interval::of(numbers) else {
            return false;
        };
        self.range = self.range.join(range);
        self.histogram.add(numbers);
        self.sums.resize(numbers.len(), 0.0);
        self.sums.iter_mut().zip(numbers).for_each(|(sum, &x)| *sum += f64::from(x));
        self.peaks.resize(channels, 0.0);
        for row in numbers.chunks_exact(channels) {
            self.peaks.iter_mut().zip(row).for_each(|(peak, x)| *peak = peak.max(x.abs()));
        }
        true
    }
}

impl Statistics {
    /// No samples yet.
    pub fn new(graph: &Graph) -> Self {
        let is_real = |id| {
            let value = graph.value(id);
            value.ty.dtype == DType::F32 && value.constant.is_none()
        };
        let records = graph.ids().map(|id| is_real(id).then(Record::default)).collect();
        Self { records, samples: 0 }
    }

    /// Adds what one evaluation of `graph` computed.
    ///
    /// # Errors
    /// The first value that is not finite.
    pub fn observe(&mut self, graph: &Graph, values: &Values) -> Result<(), Diagnostic> {
        self.samples += 1;
        for id in graph.ids() {
            let record = self.records[id.index()].as_mut();
            let (Some(record), Some(Data::F32(numbers))) = (record, values[id.index()].as_deref())
            else {
                continue;
            };
            let value = graph.value(id);
            if !record.add(numbers, value.ty.shape.last()) {
                return Err(not_finite(graph, id));
            }
        }
        Ok(())
    }

    /// Samples observed.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Whether all of `values` that are real numbers were 0 in all samples, and there are any.
    pub fn is_zero(&self, values: &[ValueId]) -> bool {
        let mut records = values.iter().filter_map(|&id| self.record(id)).peekable();
        let is_zero = |record: &Record| record.range == Interval { low: 0.0, high: 0.0 };
        records.peek().is_some() && records.all(is_zero)
    }

    /// What was observed of `value`; `None` for constants, integers and what no sample reached.
    pub(super) fn record(&self, value: ValueId) -> Option<&Record> {
        let record = self.records[value.index()].as_ref()?;
        (record.range.low <= record.range.high).then_some(record)
    }

    /// The mean of each element over all samples.
    pub(super) fn mean(&self, value: ValueId) -> Option<Data> {
        let record = self.record(value)?;
        let mean = |sum: &f64| (sum / self.samples as f64) as f32;
        Some(Data::F32(record.sums.iter().map(mean).collect()))
    }
}

fn not_finite(graph: &Graph, id: ValueId) -> Diagnostic {
    let name = &graph.value(id).name;
    let origin = match graph.producer(id) {
        Some(node) => graph.nodes()[node].origin(),
        None => Origin::Model,
    };
    let text = format!("value `{name}` is infinite or not a number for one of the samples");
    Diagnostic::new(Code::Inconsistent, origin, text)
        .hint("look whether the samples are scaled as in training (`--scale`, `--mean`, `--std`)")
}
