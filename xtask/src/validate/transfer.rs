//! How well the timing model carries a measurement from one board to another.
//!
//! Published measurements are of other systems' code, so their absolute cycles say nothing about
//! the model. Their ratios do: the same system runs the same network on several boards, and what
//! the boards' cores and memories make of it is what the model estimates. For each measurement, the
//! other boards of the same system and network say how much work that system's code is compared
//! with ours (the geometric mean of published over estimated cycles); with that factor, the model
//! predicts the measurement that was left out.

use std::collections::{BTreeMap, BTreeSet};

use smidgen_timing::band::{Calibration, Calibrations};

/// A published measurement and the model's estimate for the same network on the same board.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Observation {
    pub(super) system: String,
    pub(super) model: String,
    pub(super) board: String,
    pub(super) pipeline: String,
    /// Cycles of the other system's code.
    pub(super) published: f64,
    /// Cycles of ours.
    pub(super) estimated: f64,
}

/// An observation and what the other boards predict for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prediction {
    pub(super) observation: Observation,
    /// Cycles predicted from the system's measurements on other boards.
    pub(super) predicted: f64,
    /// Number of these.
    pub(super) others: usize,
}

impl Prediction {
    /// The truth as a multiple of the prediction.
    pub(super) fn truth(&self) -> f64 {
        self.observation.published / self.predicted
    }
}

/// Least distance of a band's ends from its value, by number of boards: few boards know little.
fn least(boards: usize) -> f64 {
    match boards {
        0 | 1 => 0.30,
        2 => 0.20,
        _ => 0.10,
    }
}

/// Share of the comparisons that may lie outside a band, on each side.
const OUTSIDE: f64 = 0.05;

/// Predicts each observation from the other boards of its system and model. Those without another
/// board are left out.
pub(super) fn predict(observations: &[Observation]) -> Vec<Prediction> {
    let predict = |judged: &Observation| {
        let others = observations.iter().filter(|other| {
            other.system == judged.system
                && other.model == judged.model
                && other.board != judged.board
        });
        let work: Vec<f64> = others.map(|other| (other.published / other.estimated).ln()).collect();
        let mean = work.iter().sum::<f64>() / work.len() as f64;
        (!work.is_empty()).then(|| Prediction {
            observation: judged.clone(),
            predicted: judged.estimated * mean.exp(),
            others: work.len(),
        })
    };
    observations.iter().filter_map(predict).collect()
}

/// The band of each pipeline: what holds nine tenths of its predictions.
pub(super) fn calibrate(predictions: &[Prediction]) -> Calibrations {
    let mut by_pipeline: BTreeMap<&str, Vec<&Prediction>> = BTreeMap::new();
    for prediction in predictions {
        by_pipeline.entry(&prediction.observation.pipeline).or_default().push(prediction);
    }
    let calibration = |predictions: Vec<&Prediction>| {
        let mut truths: Vec<f64> =
            predictions.iter().map(|prediction| prediction.truth()).collect();
        truths.sort_by(f64::total_cmp);
        let outside = (OUTSIDE * truths.len() as f64).floor() as usize;
        let boards: BTreeSet<_> =
            predictions.iter().map(|prediction| &prediction.observation.board).collect();
        let least = least(boards.len());
        Calibration {
            low: round(truths[outside]).min(1.0 - least),
            high: round(truths[truths.len() - 1 - outside]).max(1.0 + least),
            comparisons: truths.len() as u32,
            boards: boards.len() as u32,
        }
    };
    let pipelines =
        by_pipeline.into_iter().map(|(name, all)| (name.to_owned(), calibration(all))).collect();
    Calibrations { pipelines }
}

/// Two decimals are more than a band knows.
fn round(factor: f64) -> f64 {
    (factor * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(board: &str, published: f64, estimated: f64) -> Observation {
        let text = str::to_owned;
        let pipeline = text(&board[..2]);
        Observation {
            system: text("s"),
            model: text("m"),
            board: text(board),
            pipeline,
            published,
            estimated,
        }
    }

    #[test]
    fn a_board_is_judged_by_the_others_alone() {
        let observations = [
            observation("m4a", 20.0, 10.0),
            observation("m4b", 40.0, 20.0),
            observation("m7", 9.0, 9.0),
        ];
        let predictions = predict(&observations);
        assert!((predictions[2].predicted - 18.0).abs() < 1e-9);
        assert!((predictions[2].truth() - 0.5).abs() < 1e-9);
        assert_eq!(predictions[2].others, 2);
    }

    #[test]
    fn a_lonely_measurement_predicts_nothing() {
        assert_eq!(predict(&[observation("m4", 2.0, 1.0)]), []);
    }

    #[test]
    fn bands_hold_the_truths_and_are_never_too_narrow() {
        let observations = [
            observation("m4a", 10.0, 10.0),
            observation("m4b", 10.0, 10.0),
            observation("m7", 5.0, 10.0),
        ];
        let calibrations = calibrate(&predict(&observations));
        let (m4, m7) = (calibrations.pipelines["m4"], calibrations.pipelines["m7"]);
        assert_eq!((m7.low, m7.high, m7.comparisons, m7.boards), (0.5, 1.3, 1, 1));
        assert_eq!((m4.low, m4.high, m4.boards), (0.8, 1.41, 2));
    }
}
