//! How far an estimate may be from the truth.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Written by `cargo xtask validate --bless` from published measurements.
static CALIBRATION: &str = include_str!("calibration.toml");

/// Factors on both sides of an estimate, and why these.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Factor of the lower end, at most 1.
    pub low: f64,
    /// Factor of the upper end, at least 1.
    pub high: f64,
    /// Whether published measurements of the pipeline stand behind it.
    pub calibrated: bool,
    /// One line that says what stands behind it.
    pub basis: String,
}

/// What comparisons with published measurements say about a pipeline table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Lowest factor between truth and estimate, over nine tenths of the comparisons.
    pub low: f64,
    /// Highest factor.
    pub high: f64,
    /// Number of comparisons.
    pub comparisons: u32,
    /// Number of boards in them.
    pub boards: u32,
}

/// All calibrations, by name of the pipeline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibrations {
    /// By name of the pipeline.
    pub pipelines: BTreeMap<String, Calibration>,
}

/// Factors of a pipeline that nothing was compared with: wider than what any other one needed.
const UNCALIBRATED: (f64, f64) = (0.5, 2.0);

static BUILTIN: LazyLock<Calibrations> =
    LazyLock::new(|| Calibrations::parse(CALIBRATION).expect("a test reads the committed file"));

impl Calibrations {
    /// Reads the committed form.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// The band of estimates that use the pipeline called `pipeline`.
pub fn band(pipeline: &str) -> Band {
    match BUILTIN.pipelines.get(pipeline) {
        Some(&Calibration { low, high, comparisons, boards }) => Band {
            low,
            high,
            calibrated: true,
            basis: format!(
                "{pipeline}: {comparisons} {} with published measurements of {boards} {}",
                if comparisons == 1 { "comparison" } else { "comparisons" },
                if boards == 1 { "board" } else { "boards" }
            ),
        },
        None => Band {
            low: UNCALIBRATED.0,
            high: UNCALIBRATED.1,
            calibrated: false,
            basis: format!("{pipeline}: uncalibrated, no published measurement to compare with"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_calibrations_hold_their_estimates() {
        for (name, calibration) in &BUILTIN.pipelines {
            assert!(calibration.low > 0.0 && calibration.low <= 1.0, "{name}");
            assert!(calibration.high >= 1.0 && calibration.high.is_finite(), "{name}");
            assert!(band(name).calibrated);
        }
    }

    #[test]
    fn unknown_pipelines_say_so() {
        let band = band("no-such-pipeline");
        assert!(!band.calibrated && band.basis.contains("uncalibrated"));
    }
}
