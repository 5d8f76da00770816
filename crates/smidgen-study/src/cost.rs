//! What an inference costs on a board: cycles, time, energy, and whether it fits.

use crate::Error;
use crate::report::{Estimate, RunReport};
use serde::{Deserialize, Serialize};
use smidgen_target::{Board, Device, Pipeline};
use smidgen_timing::band::{Band, band};
pub use smidgen_timing::cycles::Cycles;
use smidgen_timing::energy;
use smidgen_timing::price::{Conditions, CoreCycles, Execution, Needs, Price, price};
use smidgen_timing::profile::Profile;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a user may choose about the estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Terms {
    /// Core clock in hertz; the board's own by default.
    pub clock_hz: Option<u64>,
    /// Whether caches are on; as the board says by default.
    pub caches: Option<bool>,
    /// Seconds from one inference to the next, more than 0.
    pub period_s: Option<f64>,
    /// The battery that supplies the board.
    pub battery: Option<Battery>,
}

impl Terms {
    /// Rejects a clock that `board` cannot have.
    pub fn check(&self, board: &Board) -> Result<(), Error> {
        match self.too_fast(board) {
            Some(reason) => Err(Error::Usage(format!("board `{}` {reason}", board.name))),
            None => Ok(()),
        }
    }

    /// Says that `board` cannot have the clock, if that is so.
    pub(crate) fn too_fast(&self, board: &Board) -> Option<String> {
        let (asked, most) = (self.clock_hz?, board.device()?.chip.max_clock_hz);
        let megahertz = |hertz: u64| hertz as f64 / 1e6;
        (asked > most).then(|| {
            format!("runs at {} MHz at most, not at {} MHz", megahertz(most), megahertz(asked))
        })
    }
}

/// A battery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Battery {
    /// Capacity in milliampere hours.
    pub milliamp_hours: f64,
    /// Mean voltage in volts.
    pub volts: f64,
}

/// Time and energy of one inference. Everything is absent where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CostReport {
    /// Core clock in hertz that the figures are for.
    pub clock_hz: Option<u64>,
    /// Cycles of one inference.
    pub cycles: Option<Estimate>,
    /// The same by cause.
    pub cycle_causes: Option<Cycles>,
    /// Milliseconds of one inference.
    pub latency_ms: Option<Estimate>,
    /// What the band around cycles, latency and energy rests on.
    pub band: Option<BandReport>,
    /// Energy of one inference.
    pub energy: Option<EnergyReport>,
    /// Average power, where a period was given.
    pub duty: Option<DutyReport>,
    /// What the estimate leaves out or takes for granted.
    pub caveats: Vec<String>,
}

impl CostReport {
    /// What can be said of a board whose core nothing prices.
    pub(crate) fn unknown(board: &Board) -> Self {
        let clock_hz = board.device().map(|device| device.clock_hz);
        let caveat = format!("there is no timing of `{}`: cycles are unknown", board.core.name);
        Self {
            clock_hz,
            caveats: clock_hz.map(|_| caveat).into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Why a band is as wide as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandReport {
    /// Whether published measurements of the core stand behind it.
    pub calibrated: bool,
    /// One line that says what does.
    pub basis: String,
}

/// Energy of one inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnergyReport {
    /// Microjoules of one inference; the band is that of the time alone.
    pub microjoules: Estimate,
    /// Power while it runs, in milliwatts.
    pub active_mw: f64,
    /// Conditions of the measurement behind the power.
    pub conditions: String,
    /// Where the power comes from.
    pub source: String,
    /// Whether that source was read.
    pub verified: bool,
}

/// One inference per period, with sleep in between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DutyReport {
    /// Seconds from one inference to the next.
    pub period_s: f64,
    /// Whether an inference ends before the next begins.
    pub keeps_up: bool,
    /// Power while asleep, in microwatts, where it is known.
    pub sleep_uw: Option<f64>,
    /// Average power in microwatts, where it is known.
    pub average_uw: Option<f64>,
    /// Hours that the given battery lasts at that power.
    pub battery_hours: Option<f64>,
    /// Where the sleep power comes from.
    pub source: Option<String>,
}

/// Whether a model fits into a board's memories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitReport {
    /// Whether it does.
    pub fits: bool,
    /// RAM of the model and of the board.
    pub ram: Room,
    /// Flash of the model and of the board.
    pub flash: Room,
}

/// What is needed of a memory, and what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Bytes that the model takes.
    pub needed: u64,
    /// Bytes that the memory has.
    pub available: u64,
}

impl Room {
    /// Bytes by which the memory is too small.
    pub fn lacking(&self) -> u64 {
        self.needed.saturating_sub(self.available)
    }
}

impl FitReport {
    /// Compares a model's needs, in bytes, with the memories of `device`. Where code and data are in
    /// one memory, data has what code leaves.
    pub fn new(device: &Device, ram: u64, flash: u64) -> Self {
        let taken = if device.code.name == device.data.name { flash } else { 0 };
        let left = u64::from(device.data.size).saturating_sub(taken);
        let ram = Room { needed: ram, available: left };
        let flash = Room { needed: flash, available: u64::from(device.code.size) };
        Self { fits: ram.lacking() == 0 && flash.lacking() == 0, ram, flash }
    }
}

/// A run that can be priced on every board that executes its code.
#[derive(Debug)]
pub struct Workload {
    execution: Execution,
    needs: Needs,
    /// What has been worked out so far, by name of the pipeline.
    cores: Mutex<BTreeMap<String, Arc<CoreCycles>>>,
}

impl Workload {
    /// Decodes a profile of the run that `report` is about.
    pub fn new(profile: &Profile, report: &RunReport) -> Result<Self, Error> {
        let needs = Needs {
            ram_bytes: report.ram_bytes.total.unwrap_or_default(),
            working_sets: report.operators.iter().map(|operator| operator.working_set).collect(),
        };
        Ok(Self { execution: Execution::new(profile)?, needs, cores: Mutex::default() })
    }

    /// What the instructions cost a core with `pipeline`, worked out once.
    fn core(&self, pipeline: &Pipeline) -> Arc<CoreCycles> {
        let known = || self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(core) = known().get(&pipeline.name) {
            return Arc::clone(core);
        }
        let core = Arc::new(self.execution.core_cycles(pipeline));
        known().insert(pipeline.name.clone(), Arc::clone(&core));
        core
    }

    /// What one inference costs on `board`; `None` where nothing prices its core.
    pub fn cost(&self, board: &Board, terms: &Terms) -> Result<Option<Cost>, Error> {
        let (Some(device), Some(pipeline)) = (board.device(), board.core.pipeline.as_ref()) else {
            return Ok(None);
        };
        terms.check(board)?;
        let conditions = Conditions { clock_hz: terms.clock_hz, caches: terms.caches };
        let core = self.core(pipeline);
        let price = price(&self.execution, &core, &self.needs, board, &conditions)?;
        Ok(Some(Cost::new(price, band(&pipeline.name), device, terms)))
    }
}

/// What one inference costs on one board.
#[derive(Debug)]
pub struct Cost {
    /// Cycles, instruction by instruction.
    pub price: Price,
    /// How far they may be from the truth.
    pub band: Band,
    /// The same as figures of a report.
    pub report: CostReport,
}

impl Cost {
    fn new(price: Price, band: Band, device: &Device, terms: &Terms) -> Self {
        let cycles = price.total.total();
        let seconds = cycles / price.clock_hz as f64;
        let energy = energy::energy(&device.chip, price.clock_hz, seconds);
        let duty = terms.period_s.map(|period_s| {
            let duty =
                energy.as_ref().and_then(|e| energy::duty(&device.chip, e, seconds, period_s));
            let average_uw = duty.as_ref().map(|duty| duty.average_uw);
            let hours = |battery: Battery| {
                average_uw
                    .map(|uw| energy::battery_hours(uw, battery.milliamp_hours, battery.volts))
            };
            DutyReport {
                period_s,
                keeps_up: seconds <= period_s,
                sleep_uw: duty.as_ref().map(|duty| duty.sleep_uw),
                average_uw,
                battery_hours: terms.battery.and_then(hours),
                source: duty.map(|duty| duty.source),
            }
        });
        let report = CostReport {
            clock_hz: Some(price.clock_hz),
            cycles: Some(estimate(&band, cycles)),
            cycle_causes: Some(price.total),
            latency_ms: Some(estimate(&band, seconds * 1e3)),
            band: Some(BandReport { calibrated: band.calibrated, basis: band.basis.clone() }),
            energy: energy.map(|energy| EnergyReport {
                microjoules: estimate(&band, energy.microjoules),
                active_mw: energy.active_mw,
                conditions: energy.conditions,
                source: energy.source,
                verified: energy.verified,
            }),
            duty,
            caveats: price.caveats.clone(),
        };
        Self { price, band, report }
    }

    /// Puts the figures into `report`, whose operators are the steps that were priced.
    pub(crate) fn fill(&self, report: &mut RunReport) {
        report.cost = self.report.clone();
        for (operator, step) in report.operators.iter_mut().zip(&self.price.steps) {
            operator.cycles = Some(estimate(&self.band, step.cycles.total()));
            operator.cycle_causes = Some(step.cycles);
        }
        let cycles = self.price.steps.iter().map(|step| step.cycles.total()).enumerate();
        report.bottleneck = cycles.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index);
    }
}

/// `value` with the band around it.
pub(crate) fn estimate(band: &Band, value: f64) -> Estimate {
    let source = "estimated".to_string();
    Estimate { value, low: value * band.low, high: value * band.high, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_target::Registry;

    /// Bytes of RAM and flash that lack on `board`.
    fn check(board: &str, ram: u64, flash: u64, lacking: [u64; 2]) {
        let registry = Registry::builtin();
        let device = registry.board(board).unwrap().device().unwrap();
        let fit = FitReport::new(device, ram, flash);
        assert_eq!([fit.ram.lacking(), fit.flash.lacking()], lacking);
        assert_eq!(fit.fits, lacking == [0, 0]);
    }

    #[test]
    fn memories_are_filled_to_the_last_byte() {
        check("nucleo-l4r5zi", 640 << 10, 2048 << 10, [0, 0]);
        check("nucleo-l4r5zi", (640 << 10) + 1, (2048 << 10) + 2, [1, 2]);
    }

    #[test]
    fn one_memory_holds_code_and_data() {
        check("gapuino", 256 << 10, 256 << 10, [0, 0]);
        check("gapuino", 300 << 10, 256 << 10, [44 << 10, 0]);
        check("gapuino", 1, 513 << 10, [1, 1 << 10]);
    }
}
