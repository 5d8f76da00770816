//! What the samples that were read had in common that may be a mistake.

use super::convert::{Converted, range};
use super::source::Port;
use smidgen_compiler::tensor::{Data, Quant};
use std::sync::atomic::{AtomicU64, Ordering};

/// Share of clipped elements from which on it is worth a remark.
const CLIPPED_SHARE: f64 = 0.01;

/// Counts of one input; samples are read on several threads.
#[derive(Debug, Default)]
pub(super) struct Census {
    samples: AtomicU64,
    zeros: AtomicU64,
    elements: AtomicU64,
    clipped: AtomicU64,
}

impl Census {
    /// Counts one sample.
    pub(super) fn add(&self, port: &Port, converted: &Converted) {
        let count =
            |counter: &AtomicU64, by: usize| counter.fetch_add(by as u64, Ordering::Relaxed);
        count(&self.samples, 1);
        count(&self.zeros, is_zero(&converted.data, &port.ty.quant).into());
        count(&self.elements, converted.data.len());
        count(&self.clipped, converted.clipped);
    }

    /// What is suspicious.
    pub(super) fn notes(&self, port: &Port) -> Vec<String> {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (samples, zeros) = (count(&self.samples), count(&self.zeros));
        let mut notes = Vec::new();
        if zeros > 0 {
            let all = if zeros == samples { "all" } else { "some" };
            notes.push(format!(
                "{all} samples are zero everywhere in input `{}`: {zeros} of {samples}",
                port.name
            ));
        }
        let share = count(&self.clipped) as f64 / (count(&self.elements) as f64).max(1.0);
        if let (true, Quant::PerTensor { scale, zero_point }) =
            (share >= CLIPPED_SHARE, &port.ty.quant)
        {
            let (low, high) = range(port.ty.dtype);
            let real = |step: i64| (step - i64::from(*zero_point)) as f32 * scale;
            notes.push(format!(
                "{:.0} % of the numbers for input `{}` were clipped: it holds {} to {}; is `--scale` \
                 missing?",
                share * 100.0,
                port.name,
                real(low),
                real(high)
            ));
        }
        notes
    }
}

/// Whether all elements stand for 0.
fn is_zero(data: &Data, quant: &Quant) -> bool {
    let zero = quant.whole().map_or(0, |(_, zero_point)| i64::from(zero_point));
    match data {
        Data::F32(v) => v.iter().all(|&x| x == 0.0),
        Data::Bool(v) => v.iter().all(|&x| !x),
        data => data.integers().unwrap_or_default().iter().all(|&x| x == zero),
    }
}
