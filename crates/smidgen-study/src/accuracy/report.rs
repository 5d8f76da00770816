//! What was found, as plain data.

use super::task::Task;
use crate::Recipe;
use crate::report::{ModelReport, RunReport, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the JSON that [`AccuracyReport`] serialises to.
pub const ACCURACY_SCHEMA: &str = "smidgen.accuracy/1";

/// Models compared on the same samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccuracyReport {
    /// [`ACCURACY_SCHEMA`].
    pub schema: String,
    /// The file or folder of samples.
    pub data: String,
    /// Number of samples.
    pub samples: usize,
    /// What the models are asked.
    pub task: Task,
    /// How that was found out.
    pub basis: String,
    /// Name of the first model's output that was looked at.
    pub output: String,
    /// What divides two classes that a single number tells apart; none elsewhere.
    pub threshold: Option<f32>,
    /// Names of the classes; empty where they have none.
    pub class_names: Vec<String>,
    /// Remarks on the samples.
    pub notes: Vec<String>,
    /// The metrics that are shown, the leading one first.
    pub metrics: Vec<String>,
    /// One entry per model and recipe.
    pub models: Vec<ModelAccuracy>,
    /// Bounds that were to be kept.
    pub goals: Vec<GoalReport>,
    /// Samples of all models together that this computer computed.
    pub inferences: usize,
    /// Seconds that it took, without building.
    pub seconds: f64,
    /// Their quotient.
    pub inferences_per_second: f64,
    /// Number of processes at a time.
    pub threads: usize,
}

/// One model under one recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelAccuracy {
    /// What it is called in the comparison.
    pub name: String,
    /// The model.
    pub model: ModelReport,
    /// How it was compiled.
    pub recipe: Recipe,
    /// By name of the metric: its value; none where it is not defined.
    pub values: BTreeMap<String, Option<f64>>,
    /// For each class: how often its samples were taken for each class; none for other tasks.
    pub confusion: Option<Vec<Vec<usize>>>,
    /// Figures of each class; empty for other tasks.
    pub classes: Vec<ClassReport>,
    /// What a board computes; none where no board was named.
    pub target: Option<TargetAccuracy>,
}

/// How well samples of one class are recognised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassReport {
    /// Name of the class.
    pub name: Option<String>,
    /// Samples of the class.
    pub samples: usize,
    /// Of the samples that were taken for the class, the share that is.
    pub precision: Option<f64>,
    /// Of the samples of the class, the share that was taken for it.
    pub recall: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
}

/// What a board computes for some of the samples, compared with this computer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetAccuracy {
    /// Indices of the samples.
    pub samples: Vec<usize>,
    /// Whether the board computes what this computer does.
    pub verdict: Verdict,
    /// Largest difference: steps, or real values of floats.
    pub max_difference: f64,
    /// The run on the board.
    pub run: Option<Box<RunReport>>,
    /// Why there is none.
    pub failure: Option<String>,
}

/// A bound and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GoalReport {
    /// Name of the model in the comparison.
    pub model: String,
    /// Name of the metric.
    pub metric: String,
    /// A lower bound.
    pub at_least: Option<f64>,
    /// An upper bound.
    pub at_most: Option<f64>,
    /// The metric's value; none where it is not defined.
    pub value: Option<f64>,
    /// Whether the bound is kept.
    pub met: bool,
}

impl TargetAccuracy {
    /// Whether the model fits on the board, which computes what this computer and the reference do.
    pub fn is_right(&self) -> bool {
        let right =
            |run: &RunReport| run.verdict != Verdict::Wrong && run.fit.is_none_or(|fit| fit.fits);
        self.verdict != Verdict::Wrong && self.run.as_deref().is_some_and(right)
    }
}

impl AccuracyReport {
    /// Whether all bounds are kept and boards hold the models and compute what this computer does.
    pub fn is_good(&self) -> bool {
        let mut targets = self.models.iter().filter_map(|model| model.target.as_ref());
        self.goals.iter().all(|goal| goal.met) && targets.all(TargetAccuracy::is_right)
    }
}
