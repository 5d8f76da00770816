//! How good predictions are: pure functions of predictions and labels.
#![allow(clippy::float_cmp, reason = "equal scores are ties; figures worked out by hand are exact")]

mod classes;
mod curve;
mod numbers;

pub use classes::{Confusion, Scores};
pub use curve::{one_vs_rest_auc, roc_auc};
pub use numbers::{max_error, mean_absolute_error, mean_squared_error, r2, rmse, within};

/// Why predictions and labels cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// There is nothing to compare.
    #[error("there are no samples to compare")]
    Empty,
    /// Predictions and labels do not belong together.
    #[error("there are {predictions} predictions for {labels} labels")]
    Lengths {
        /// Number of predictions.
        predictions: usize,
        /// Number of labels.
        labels: usize,
    },
    /// A label names no class.
    #[error("label {label} of sample {sample} is out of range: there are {classes} classes")]
    Label {
        /// Index of the sample.
        sample: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Scores are no whole number of rows.
    #[error("{scores} scores are no rows of {classes} classes")]
    Rows {
        /// Number of scores.
        scores: usize,
        /// Number of classes.
        classes: usize,
    },
    /// There are too many classes for a table of them.
    #[error("{classes} classes are more than the {most} that can be tabulated")]
    Classes {
        /// Number of classes.
        classes: usize,
        /// Most that can be.
        most: usize,
    },
    /// A number is infinite or none.
    #[error("prediction or label {index} is not a finite number")]
    NotFinite {
        /// Its index.
        index: usize,
    },
}

/// Checks that two lists have the same length, which is not 0.
fn check_lengths(predictions: usize, labels: usize) -> Result<(), MetricError> {
    match (predictions, labels) {
        (0, 0) => Err(MetricError::Empty),
        (p, l) if p != l => Err(MetricError::Lengths { predictions, labels }),
        _ => Ok(()),
    }
}
