//! How good models are: all samples through the generated C on this computer, some of them on a
//! board, and what comes out compared with what is known of the samples.

mod comparison;
mod host;
mod metric;
mod report;
mod score;
mod target;
mod task;

pub use host::{HostModel, Memory};
pub use metric::{Bound, Goal, Metric};
pub use report::{
    ACCURACY_SCHEMA, AccuracyReport, ClassReport, GoalReport, ModelAccuracy, TargetAccuracy,
};
pub use task::Task;

use crate::data::{Dataset, Spec};
use crate::error::data_error;
use crate::{Error, Model, Recipe, Terms, Workbench};
use comparison::Comparison;
use score::MOST_AREAS;
use smidgen_compiler::graph::{Graph, Value};
use smidgen_target::Board;
use std::time::Duration;
use task::{Question, question};

/// A model under a recipe, as one of those that are compared.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is called in the comparison.
    pub name: String,
    /// The model.
    pub model: Model,
    /// How it is compiled.
    pub recipe: Recipe,
}

/// What is looked at, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the models are asked; found out from the data by default.
    pub task: Option<Task>,
    /// Name or number of the output that is looked at; the first by default.
    pub output: Option<String>,
    /// What is worked out; the task's own metrics by default.
    pub metrics: Vec<Metric>,
    /// Above it a single number means the second of two classes.
    pub threshold: f32,
    /// What models with a memory remember.
    pub memory: Memory,
    /// A board that computes so many of the samples too.
    pub board: Option<(Board, usize)>,
    /// What the estimates for the board are for.
    pub terms: Terms,
    /// Bounds that must be kept.
    pub goals: Vec<Goal>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            task: None,
            output: None,
            metrics: Vec::new(),
            threshold: 0.5,
            memory: Memory::default(),
            board: None,
            terms: Terms::default(),
            goals: Vec::new(),
        }
    }
}

/// What is being done, for progress.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// There are so many samples.
    Samples(usize),
    /// The model of this name comes next.
    Model(&'a str),
    /// So many more samples are done.
    Done(usize),
    /// The board's turn has come.
    Board(&'a str),
}

/// Most numbers of one model's outputs that are kept, for all samples together.
const MOST_NUMBERS: usize = 1 << 27;

impl Workbench {
    /// Runs all samples that `spec` names through every candidate. The first one is what the others
    /// are compared with.
    pub fn accuracy(
        &self,
        candidates: &[Candidate],
        spec: &Spec,
        settings: &Settings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<AccuracyReport, Error> {
        let first = candidates.first().ok_or_else(|| Error::Usage("name a model".into()))?;
        let graph = &first.model.graph;
        let spec = spec.clone().with_outputs()?;
        let dataset = Dataset::open(&spec, graph)?;
        dataset.check_limit()?;
        let port = output_index(graph, settings.output.as_deref())?;
        let output = output_of(graph, port);
        let question = question(&dataset, graph, &output.ty, settings.task, &spec.path)?;
        let metrics = metrics(&question, settings, candidates.len(), output)?;
        let enough = dataset.len().checked_mul(output.ty.shape.elements());
        if enough.is_none_or(|numbers| numbers > MOST_NUMBERS) {
            let text = "has too many samples for outputs of this size; take a part with `--trials`";
            return Err(data_error(&spec.path, text));
        }
        progress(Progress::Samples(dataset.len()));
        let mut notes = notes(&dataset, &question, output);
        let comparison = Comparison { workbench: self, question, settings, port, metrics };
        let mut reference = None;
        let (mut models, mut spent) = (Vec::new(), Duration::ZERO);
        for candidate in candidates {
            progress(Progress::Model(&candidate.name));
            let data = dataset.for_graph(&candidate.model.graph)?;
            let found = comparison.evaluate(candidate, &data, reference.as_ref(), progress)?;
            notes.extend(data.notes());
            spent += found.spent;
            models.push(found.report);
            reference.get_or_insert(found.reference);
        }
        notes.dedup();
        let (inferences, seconds) = (dataset.len() * candidates.len(), spent.as_secs_f64());
        let Comparison { question, metrics, .. } = &comparison;
        let is_binary = question.task == Task::Classification && task::is_number(&output.ty);
        Ok(AccuracyReport {
            schema: ACCURACY_SCHEMA.into(),
            data: spec.path.display().to_string(),
            samples: dataset.len(),
            task: question.task,
            basis: question.basis.clone(),
            output: output.name.clone(),
            threshold: is_binary.then_some(settings.threshold),
            class_names: dataset.classes().to_vec(),
            notes,
            metrics: metrics.iter().map(ToString::to_string).collect(),
            goals: goals(&settings.goals, &models),
            models,
            inferences,
            seconds,
            inferences_per_second: inferences as f64 / seconds.max(1e-9),
            threads: rayon::current_num_threads(),
        })
    }
}

fn output_of(graph: &Graph, port: usize) -> &Value {
    graph.value(graph.outputs()[port])
}

/// The output that a name or a number means.
fn output_index(graph: &Graph, wanted: Option<&str>) -> Result<usize, Error> {
    let names: Vec<&str> =
        graph.outputs().iter().map(|&id| graph.value(id).name.as_str()).collect();
    let index = match wanted {
        None => Some(0),
        Some(text) => names.iter().position(|name| *name == text).or_else(|| text.parse().ok()),
    };
    index.filter(|&index| index < names.len()).ok_or_else(|| {
        let wanted = wanted.unwrap_or("0");
        Error::Usage(format!("the model has no output `{wanted}`; there are {}", names.join(", ")))
    })
}

/// What is worked out, the leading figure first, and what bounds are set for last.
fn metrics(
    question: &Question,
    settings: &Settings,
    candidates: usize,
    output: &Value,
) -> Result<Vec<Metric>, Error> {
    let task = question.task;
    let mut metrics = settings.metrics.clone();
    if metrics.is_empty() {
        let classes = task::classes_of(&output.ty).ok().flatten().unwrap_or(0);
        metrics = Metric::defaults(task, classes);
        let many = task == Task::Classification && classes > MOST_AREAS;
        metrics.retain(|metric| *metric != Metric::Auc || !many);
        if candidates > 1 {
            let relative = [Metric::Agreement, Metric::Sqnr];
            metrics.extend(relative.into_iter().filter(|metric| metric.suits(task)));
        }
    }
    metrics.extend(settings.goals.iter().map(|goal| goal.metric));
    let mut unique: Vec<Metric> = Vec::new();
    for metric in metrics {
        if !metric.suits(task) {
            let text = format!("`{metric}` is no metric of {}", task.name());
            return Err(Error::Usage(format!("{text}; `--task` chooses another task")));
        }
        if metric.is_relative() && candidates == 1 {
            return Err(Error::Usage(format!("`{metric}` needs a second model to compare")));
        }
        if !unique.contains(&metric) {
            unique.push(metric);
        }
    }
    if unique.is_empty() {
        let text = "there are no labels and no second model to compare with; name a file of labels \
                    with `--labels`, or an array of them with `--label-column`";
        return Err(Error::Usage(text.into()));
    }
    Ok(unique)
}

/// What looks like a mistake.
fn notes(dataset: &Dataset, question: &Question, output: &Value) -> Vec<String> {
    let named = dataset.classes().len();
    let told = task::classes_of(&output.ty).ok().flatten().unwrap_or(named);
    let differ = question.task == Task::Classification && named > 0 && named != told;
    let note = || {
        format!(
            "the samples have {named} classes, the model tells {told} apart; `--classes` names \
             them in the order of the model's output"
        )
    };
    differ.then(note).into_iter().collect()
}

/// Which bounds are kept. What compares with the first model has no meaning for it alone.
fn goals(goals: &[Goal], models: &[ModelAccuracy]) -> Vec<GoalReport> {
    let mut reports = Vec::new();
    for goal in goals {
        for model in models.iter().skip(usize::from(goal.metric.is_relative())) {
            let metric = goal.metric.to_string();
            let value = model.values.get(&metric).copied().flatten();
            let (at_least, at_most) = match goal.bound {
                Bound::AtLeast(least) => (Some(least), None),
                Bound::AtMost(most) => (None, Some(most)),
            };
            let met = goal.is_met(value);
            let model = model.name.clone();
            reports.push(GoalReport { model, metric, at_least, at_most, value, met });
        }
    }
    reports
}
