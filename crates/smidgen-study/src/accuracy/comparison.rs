//! One of several models that answer the same question.

use super::host::HostModel;
use super::metric::Metric;
use super::report::ModelAccuracy;
use super::score::Outputs;
use super::task::{Question, Task};
use super::{Candidate, Progress, Settings, output_of, target};
use crate::data::Dataset;
use crate::{Error, Workbench};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What all models have in common.
pub(super) struct Comparison<'a> {
    pub(super) workbench: &'a Workbench,
    pub(super) question: Question,
    pub(super) settings: &'a Settings,
    /// Index of the output that is looked at.
    pub(super) port: usize,
    /// What is worked out, the leading metric first.
    pub(super) metrics: Vec<Metric>,
}

/// What was found of one model.
pub(super) struct Found {
    pub(super) report: ModelAccuracy,
    pub(super) reference: Reference,
    /// How long its samples took.
    pub(super) spent: Duration,
}

/// What later models are compared with.
pub(super) struct Reference {
    outputs: Outputs,
    /// Value of the leading metric.
    leading: Option<f64>,
}

impl Comparison<'_> {
    /// Runs all samples through a model, and some on the board.
    pub(super) fn evaluate(
        &self,
        candidate: &Candidate,
        dataset: &Dataset,
        first: Option<&Reference>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Found, Error> {
        let Candidate { name, model, recipe } = candidate;
        if self.port >= model.graph.outputs().len() {
            return Err(Error::Usage(format!("model `{name}` has no output {}", self.port)));
        }
        let ty = &output_of(&model.graph, self.port).ty;
        let host = HostModel::build(self.workbench, model, recipe, self.settings.memory)?;
        let start = Instant::now();
        let done = |count| progress(Progress::Done(count));
        let reals = host.reals(dataset, self.port, &done)?;
        let differences = match self.question.task {
            Task::Anomaly => differences(dataset, &reals, ty.shape.elements())?,
            _ => Vec::new(),
        };
        let spent = start.elapsed();
        let mut outputs = Outputs::new(reals, ty, &self.question, self.settings.threshold, name)?;
        outputs.differences = differences;
        if let Some(first) = first.filter(|first| first.outputs.width() != outputs.width()) {
            return Err(Error::Usage(format!(
                "model `{name}` puts out {} numbers, the first model {}: they cannot be compared",
                outputs.width(),
                first.outputs.width()
            )));
        }
        let confusion = outputs.confusion(&self.question)?;
        let value = |metric| outputs.metric(metric, &self.question, confusion.as_ref());
        let leading = self.metrics.iter().copied().find(|metric| !metric.is_relative());
        let leading_value = leading.map_or(Ok(None), value)?;
        let mut values = BTreeMap::new();
        for &metric in &self.metrics {
            let found = match (metric, first) {
                (Metric::Drop, Some(first)) => {
                    leading.zip(first.leading.zip(leading_value)).map(|(metric, (first, own))| {
                        if metric.is_gain() { first - own } else { own - first }
                    })
                }
                (metric, Some(first)) if metric.is_relative() => {
                    outputs.against(&first.outputs, metric)
                }
                (metric, None) if metric.is_relative() => None,
                _ => value(metric)?,
            };
            values.insert(metric.to_string(), found);
        }
        let target = self.settings.board.as_ref().map(|(board, count)| {
            progress(Progress::Board(&board.name));
            target::check(self, candidate, board, &host, dataset, *count)
        });
        let classes = confusion.as_ref().map(|c| Outputs::classes(c, dataset.classes()));
        let table = |c: &crate::metrics::Confusion| {
            let row = |label| (0..c.classes()).map(|class| c.count(label, class)).collect();
            (0..c.classes()).map(row).collect()
        };
        let report = ModelAccuracy {
            name: name.clone(),
            model: model.report(),
            recipe: recipe.clone(),
            values,
            confusion: confusion.as_ref().map(table),
            classes: classes.unwrap_or_default(),
            target: target.transpose()?,
        };
        Ok(Found { report, reference: Reference { outputs, leading: leading_value }, spent })
    }
}

/// Mean squared difference of every sample's output from its input.
fn differences(dataset: &Dataset, outputs: &[f32], width: usize) -> Result<Vec<f32>, Error> {
    let difference = |(index, output): (usize, &[f32])| {
        let input = dataset.reals(index, 0)?;
        let pairs = input.iter().zip(output);
        let squares = pairs.map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2));
        Ok((squares.sum::<f64>() / width as f64) as f32)
    };
    outputs.par_chunks_exact(width).enumerate().map(difference).collect()
}
