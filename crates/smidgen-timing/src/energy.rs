//! Energy of an inference, and what is left of a battery.
//!
//! Power comes from the catalogue and is taken to be proportional to the core clock, as the dynamic
//! part of it is: energy is the power at the stated clock, scaled, times the estimated time.

use serde::Serialize;
use smidgen_target::{Chip, Power, PowerMode};

/// Energy of one inference, estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Energy {
    /// Power while the inference runs, in milliwatts, at the clock of the estimate.
    pub active_mw: f64,
    /// Energy of one inference in microjoules.
    pub microjoules: f64,
    /// Conditions of the measurement behind the power.
    pub conditions: String,
    /// Where the power comes from.
    pub source: String,
    /// Whether that source was read.
    pub verified: bool,
}

/// Inferences at a fixed period, with sleep in between.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Duty {
    /// Seconds from one inference to the next.
    pub period_s: f64,
    /// Power while asleep, in microwatts.
    pub sleep_uw: f64,
    /// Average power in microwatts.
    pub average_uw: f64,
    /// Conditions of the measurement behind the sleep power.
    pub conditions: String,
    /// Where the sleep power comes from.
    pub source: String,
}

/// Energy of `seconds` of inference at `clock_hz`; `None` where no power is known.
///
/// Power under a neural network is preferred to that of benchmarks; among equals, the figure whose
/// clock is nearest.
pub fn energy(chip: &Chip, clock_hz: u64, seconds: f64) -> Option<Energy> {
    let power = active(chip, clock_hz)?;
    let scale = clock_hz as f64 / power.clock_hz? as f64;
    let active_mw = power.draw.milliwatts() * scale;
    Some(Energy {
        active_mw,
        microjoules: active_mw * 1e3 * seconds,
        conditions: power.conditions.clone(),
        source: power.source.clone(),
        verified: power.verified,
    })
}

/// What one inference of `energy` that takes `seconds` draws on average where one starts every
/// `period_s` seconds. `None` where no sleep power is known, or the inference takes longer.
pub fn duty(chip: &Chip, energy: &Energy, seconds: f64, period_s: f64) -> Option<Duty> {
    let sleep = chip.power.iter().find(|power| power.mode == PowerMode::Sleep)?;
    let idle = period_s - seconds;
    let sleep_uw = sleep.draw.milliwatts() * 1e3;
    (idle >= 0.0).then(|| Duty {
        period_s,
        sleep_uw,
        average_uw: (energy.microjoules + sleep_uw * idle) / period_s,
        conditions: sleep.conditions.clone(),
        source: sleep.source.clone(),
    })
}

/// Hours that a battery of `milliamp_hours` at `volts` lasts at `average_uw` microwatts.
pub fn battery_hours(average_uw: f64, milliamp_hours: f64, volts: f64) -> f64 {
    milliamp_hours * volts * 1e3 / average_uw
}

fn active(chip: &Chip, clock_hz: u64) -> Option<&Power> {
    let of = |mode: PowerMode| {
        let powers = chip.power.iter().filter(move |power| power.mode == mode);
        powers
            .filter(|power| power.clock_hz.is_some_and(|clock| clock > 0))
            .min_by_key(|power| power.clock_hz.unwrap_or_default().abs_diff(clock_hz))
    };
    of(PowerMode::Network).or_else(|| of(PowerMode::Active))
}

#[cfg(test)]
mod tests {
    use smidgen_target::{Draw, Provenance};

    use super::*;

    fn power(mode: PowerMode, milliwatts: f64, clock_hz: Option<u64>) -> Power {
        let text = String::new;
        let draw = Draw::Power { milliwatts };
        Power { mode, draw, clock_hz, conditions: text(), source: text(), verified: true }
    }

    fn chip(power: Vec<Power>) -> Chip {
        Chip {
            name: String::new(),
            description: String::new(),
            vendor: None,
            n_cores: 1,
            max_clock_hz: 100,
            memories: Vec::new(),
            caches: Vec::new(),
            power,
            price: None,
            accelerators: None,
            probe_rs: None,
            provenance: Provenance::default(),
        }
    }

    fn check(powers: Vec<Power>, clock_hz: u64, microjoules: Option<f64>) {
        let found = energy(&chip(powers), clock_hz, 2.0).map(|energy| energy.microjoules);
        assert_eq!(found, microjoules);
    }

    #[test]
    fn nothing_known_is_unknown() {
        check(vec![], 50, None);
        check(vec![power(PowerMode::Sleep, 1.0, None)], 50, None);
        check(vec![power(PowerMode::Active, 1.0, None)], 50, None);
    }

    #[test]
    fn power_scales_with_the_clock() {
        check(vec![power(PowerMode::Active, 10.0, Some(100))], 50, Some(10_000.0));
    }

    #[test]
    fn networks_are_preferred_to_benchmarks_and_near_clocks_to_far_ones() {
        let active = power(PowerMode::Active, 1.0, Some(50));
        let far = power(PowerMode::Network, 30.0, Some(100));
        let near = power(PowerMode::Network, 10.0, Some(40));
        check(vec![active.clone(), far.clone()], 50, Some(30_000.0));
        check(vec![active, far, near], 50, Some(25_000.0));
    }

    #[test]
    fn duty_adds_sleep() {
        let figures =
            vec![power(PowerMode::Active, 10.0, Some(50)), power(PowerMode::Sleep, 0.5, None)];
        let chip = chip(figures);
        let energy = energy(&chip, 50, 2.0).unwrap();
        let duty = super::duty(&chip, &energy, 2.0, 10.0).unwrap();
        // 10 mW for 2 s and 0.5 mW for 8 s.
        assert!((duty.average_uw - 2400.0).abs() < 1e-9);
        assert!((battery_hours(duty.average_uw, 240.0, 3.0) - 300.0).abs() < 1e-9);
        assert_eq!(super::duty(&chip, &energy, 2.0, 1.0), None);
    }
}
