//! Figures that say how good a model is, by name.

use super::task::Task;
use std::fmt;
use std::str::FromStr;

/// A figure of one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// `topK`: share of the samples whose label is among the K classes with the highest scores.
    Top(usize),
    /// Mean over the classes of the share of right ones among predictions.
    Precision,
    /// Mean over the classes of the share of samples that were found.
    Recall,
    /// Mean over the classes of the harmonic mean of both.
    F1,
    /// Area under the ROC curve: of the second of two classes, or the mean over the classes.
    Auc,
    /// Mean of the squared errors.
    Mse,
    /// Its square root.
    Rmse,
    /// Mean of the errors' sizes.
    Mae,
    /// Size of the largest error.
    MaxError,
    /// Coefficient of determination.
    R2,
    /// `within:T`: share of the numbers whose error is at most T.
    Within(f64),
    /// Share of the samples for which the class is that of the first model.
    Agreement,
    /// Signal-to-quantisation-noise ratio of the outputs against the first model's, in decibels.
    Sqnr,
    /// How much worse than the first model the leading figure is.
    Drop,
}

/// Metrics without a parameter.
const PLAIN: [(&str, Metric); 12] = [
    ("precision", Metric::Precision),
    ("recall", Metric::Recall),
    ("f1", Metric::F1),
    ("auc", Metric::Auc),
    ("mse", Metric::Mse),
    ("rmse", Metric::Rmse),
    ("mae", Metric::Mae),
    ("max_error", Metric::MaxError),
    ("r2", Metric::R2),
    ("agreement", Metric::Agreement),
    ("sqnr", Metric::Sqnr),
    ("drop", Metric::Drop),
];

impl Metric {
    /// What a task's models are compared by, the leading figure first.
    pub fn defaults(task: Task, classes: usize) -> Vec<Self> {
        match task {
            Task::Classification if classes > 10 => {
                vec![Self::Top(1), Self::Top(5), Self::F1, Self::Auc]
            }
            Task::Classification => vec![Self::Top(1), Self::F1, Self::Auc],
            Task::Regression => vec![Self::Mae, Self::Rmse, Self::MaxError, Self::R2],
            Task::Anomaly => vec![Self::Auc],
            Task::Comparison => vec![],
        }
    }

    /// Whether it compares a model with the first one.
    pub fn is_relative(self) -> bool {
        matches!(self, Self::Agreement | Self::Sqnr | Self::Drop)
    }

    /// Whether it is a share of a whole.
    pub fn is_share(self) -> bool {
        use Metric::{Agreement, Auc, F1, Precision, Recall, Top, Within};
        matches!(self, Top(_) | Precision | Recall | F1 | Auc | Within(_) | Agreement)
    }

    /// Whether more of it is better.
    pub fn is_gain(self) -> bool {
        !matches!(self, Self::Mse | Self::Rmse | Self::Mae | Self::MaxError | Self::Drop)
    }

    /// Whether a task has it.
    pub fn suits(self, task: Task) -> bool {
        use Metric::{
            Agreement, Auc, Drop, F1, Mae, MaxError, Mse, Precision, R2, Recall, Rmse, Sqnr, Top,
            Within,
        };
        match self {
            Top(_) | Precision | Recall | F1 => task == Task::Classification,
            Auc => matches!(task, Task::Classification | Task::Anomaly),
            Mse | Rmse | Mae | MaxError | R2 | Within(_) => task == Task::Regression,
            Agreement => matches!(task, Task::Classification | Task::Comparison),
            Drop => task != Task::Comparison,
            Sqnr => true,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(k) => write!(f, "top{k}"),
            Self::Within(tolerance) => write!(f, "within:{tolerance}"),
            metric => {
                let named = PLAIN.iter().find(|(_, plain)| plain == metric);
                f.write_str(named.map_or("", |(name, _)| name))
            }
        }
    }
}

impl FromStr for Metric {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, metric)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(*metric);
        }
        let top = text.strip_prefix("top").and_then(|k| k.parse().ok()).filter(|&k| k > 0);
        if let Some(k) = top {
            return Ok(Self::Top(k));
        }
        let tolerance = text.strip_prefix("within:").and_then(|t| t.parse().ok());
        if let Some(t) = tolerance.filter(|t: &f64| t.is_finite() && *t >= 0.0) {
            return Ok(Self::Within(t));
        }
        let names: Vec<_> = PLAIN.iter().map(|(name, _)| *name).collect();
        Err(format!(
            "metric `{text}` is unknown; there are `top1` (or another number), `within:0.1` (or \
             another tolerance), {}",
            names.join(", ")
        ))
    }
}

/// A bound that a metric must keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// The metric.
    pub metric: Metric,
    /// The side that it must be on.
    pub bound: Bound,
}

/// A bound of a number, which it may be equal to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A lower one.
    AtLeast(f64),
    /// An upper one.
    AtMost(f64),
}

impl Goal {
    /// Reads `METRIC=NUMBER`.
    pub fn parse(text: &str, bound: fn(f64) -> Bound) -> Result<Self, String> {
        let wrong = || format!("expected a metric and a number, such as `top1=0.9`, not `{text}`");
        let (metric, number) = text.split_once('=').ok_or_else(wrong)?;
        let number = number.trim().parse().ok().filter(|x: &f64| x.is_finite());
        Ok(Self { metric: metric.trim().parse()?, bound: bound(number.ok_or_else(wrong)?) })
    }

    /// Whether a figure keeps it; one that is not defined does not.
    pub fn is_met(self, value: Option<f64>) -> bool {
        value.is_some_and(|value| match self.bound {
            Bound::AtLeast(least) => value >= least,
            Bound::AtMost(most) => value <= most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let parametric = [Metric::Top(1), Metric::Top(12), Metric::Within(0.25)];
        for metric in PLAIN.iter().map(|(_, metric)| *metric).chain(parametric) {
            assert_eq!(metric.to_string().parse(), Ok(metric));
        }
        for text in ["", "top", "top0", "top-1", "within:", "within:-1", "within:nan", "accuracy"] {
            assert!(text.parse::<Metric>().unwrap_err().contains("there are"), "{text}");
        }
    }

    #[test]
    fn every_metric_has_a_task() {
        let tasks = [Task::Classification, Task::Regression, Task::Anomaly, Task::Comparison];
        for (name, metric) in PLAIN {
            assert!(tasks.iter().any(|&task| metric.suits(task)), "{name}");
        }
        for task in tasks {
            assert!(Metric::defaults(task, 20).iter().all(|metric| metric.suits(task)));
        }
    }

    #[test]
    fn goals_are_bounds() {
        let goal = Goal::parse("top1=0.9", Bound::AtLeast).unwrap();
        assert_eq!([Some(0.9), Some(0.89), None].map(|x| goal.is_met(x)), [true, false, false]);
        let goal = Goal::parse(" mae = -1e-3 ", Bound::AtMost).unwrap();
        assert_eq!([-1e-3, 0.0].map(|x| goal.is_met(Some(x))), [true, false]);
        for text in ["top1", "top1=", "top1=x", "top1=inf", "tip=1", "=1"] {
            assert!(Goal::parse(text, Bound::AtMost).is_err(), "{text}");
        }
    }
}
