//! What a model is asked to do, and what is known of the samples.

use crate::Error;
use crate::data::{Dataset, Expected};
use crate::error::data_error;
use serde::Serialize;
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::{DType, Quant, TensorType};
use std::path::Path;

/// Kinds of questions that a model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Which class a sample is of.
    Classification,
    /// Which numbers belong to a sample.
    Regression,
    /// Whether a sample is unlike those that the model was trained on: it then reproduces it badly.
    Anomaly,
    /// None that is known: outputs are only compared with the first model's.
    Comparison,
}

impl Task {
    /// The word that is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Classification => "classification",
            Self::Regression => "regression",
            Self::Anomaly => "anomaly detection",
            Self::Comparison => "comparison",
        }
    }
}

/// What the outputs of all samples should be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Truth {
    /// Their classes.
    Classes(Vec<usize>),
    /// Their numbers, as many per sample as the output has, and the type of integers that they were.
    Numbers { values: Vec<f64>, integers: Option<DType> },
    /// Whether they are anomalies.
    Anomalies(Vec<bool>),
    /// Unknown.
    Nothing,
}

/// A task with what is known, and how both were found out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub(super) task: Task,
    pub(super) truth: Truth,
    pub(super) basis: String,
}

impl Question {
    /// The numbers that an output of type `ty` should be. Integers of a quantised output's own type
    /// are its codes.
    pub(super) fn numbers(&self, ty: &TensorType) -> Vec<f64> {
        let Truth::Numbers { values, integers } = &self.truth else { return Vec::new() };
        match ty.quant.whole().filter(|_| *integers == Some(ty.dtype)) {
            Some((scale, zero_point)) => {
                let real = |code: &f64| (code - f64::from(zero_point)) * f64::from(scale);
                values.iter().map(real).collect()
            }
            None => values.clone(),
        }
    }
}

/// Elements from which on an output of the input's shape is taken for a reproduction.
const REPRODUCTION: usize = 16;

/// Finds out what the output `ty` of the first model is asked, unless `wanted` says it.
pub(super) fn question(
    dataset: &Dataset,
    graph: &Graph,
    ty: &TensorType,
    wanted: Option<Task>,
    path: &Path,
) -> Result<Question, Error> {
    let width = ty.shape.elements();
    let reproduces = reproduces(graph, ty);
    let expected = dataset.expected();
    let (task, basis) = match (wanted, &expected) {
        (Some(task), _) => (task, "as asked".to_owned()),
        (None, Expected::Nothing) => (Task::Comparison, "there are no labels".to_owned()),
        (None, Expected::Classes(labels)) if reproduces && labels.iter().all(|&l| l < 2) => {
            (Task::Anomaly, "the output has the input's shape, and labels are 0 and 1".to_owned())
        }
        (None, Expected::Classes(labels)) if is_number(ty) && labels.iter().any(|&l| l > 1) => {
            (Task::Regression, "labels are numbers, and the output is one".to_owned())
        }
        (None, Expected::Classes(_)) => (Task::Classification, "labels are classes".to_owned()),
        (None, Expected::Numbers { values, .. }) if one_hot(values, width).is_some() => {
            (Task::Classification, "labels are one-hot classes".to_owned())
        }
        (None, Expected::Numbers { .. }) => (Task::Regression, "labels are numbers".to_owned()),
    };
    let truth = match task {
        Task::Classification => Truth::Classes(classes(dataset, expected, ty, path)?),
        Task::Regression => numbers(expected, width, path)?,
        Task::Anomaly if !reproduces => {
            let text = "anomalies are found by models that reproduce their input, but output and \
                        input have different shapes";
            return Err(Error::Usage(text.into()));
        }
        Task::Anomaly => anomalies(expected, path)?,
        Task::Comparison => Truth::Nothing,
    };
    Ok(Question { task, truth, basis })
}

/// Whether the output may be the input again.
fn reproduces(graph: &Graph, ty: &TensorType) -> bool {
    let [input] = graph.inputs() else { return false };
    let input = &graph.value(*input).ty;
    input.shape == ty.shape && ty.shape.elements() >= REPRODUCTION
}

/// Whether an output is one real number.
pub(super) fn is_number(ty: &TensorType) -> bool {
    ty.shape.elements() == 1 && !is_index(ty)
}

/// Whether an output is the index of a class rather than a score.
pub(super) fn is_index(ty: &TensorType) -> bool {
    ty.shape.elements() == 1 && ty.dtype != DType::F32 && ty.quant == Quant::None
}

/// How many classes an output tells apart; none where it puts out an index.
pub(super) fn classes_of(ty: &TensorType) -> Result<Option<usize>, String> {
    let width = ty.shape.elements();
    match width {
        _ if is_index(ty) => Ok(None),
        1 => Ok(Some(2)),
        _ if ty.shape.dims().contains(&width) => Ok(Some(width)),
        _ => Err(format!(
            "the output is {:?}, not a score for each class; name another with `--model-output`, \
             or another `--task`",
            ty.shape.dims()
        )),
    }
}

fn no_labels(path: &Path) -> Error {
    data_error(path, "has no labels; name a file of them with `--labels`")
}

fn classes(
    dataset: &Dataset,
    expected: Expected,
    ty: &TensorType,
    path: &Path,
) -> Result<Vec<usize>, Error> {
    let count = classes_of(ty).map_err(Error::Usage)?;
    match expected {
        Expected::Nothing => Err(no_labels(path)),
        Expected::Classes(_) => dataset.class_labels(count.unwrap_or(usize::MAX)),
        Expected::Numbers { values, .. } => one_hot(&values, ty.shape.elements())
            .ok_or_else(|| data_error(path, "its labels are numbers, not classes")),
    }
}

/// Classes of labels that have a 1 for the class and 0 for all others.
fn one_hot(values: &[f64], width: usize) -> Option<Vec<usize>> {
    if width < 2 || !values.len().is_multiple_of(width) {
        return None;
    }
    let class = |row: &[f64]| {
        let mut ones = (0..width).filter(|&at| row[at] != 0.0);
        let class = ones.next().filter(|&at| (row[at] - 1.0).abs() < f64::EPSILON)?;
        ones.next().is_none().then_some(class)
    };
    values.chunks_exact(width).map(class).collect()
}

fn numbers(expected: Expected, width: usize, path: &Path) -> Result<Truth, Error> {
    let (found, values, integers) = match expected {
        Expected::Nothing => return Err(no_labels(path)),
        Expected::Classes(classes) => {
            (1, classes.into_iter().map(|class| class as f64).collect(), None)
        }
        Expected::Numbers { width, values, integers } => (width, values, integers),
    };
    if found != width {
        let text = format!("a label is {found} numbers, the model puts out {width}");
        return Err(data_error(path, text));
    }
    Ok(Truth::Numbers { values, integers })
}

fn anomalies(expected: Expected, path: &Path) -> Result<Truth, Error> {
    match expected {
        Expected::Nothing => Err(no_labels(path)),
        Expected::Classes(labels) if labels.iter().all(|&label| label < 2) => {
            Ok(Truth::Anomalies(labels.into_iter().map(|label| label == 1).collect()))
        }
        _ => Err(data_error(path, "labels of anomalies are 1, those of normal samples 0")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hot_labels_are_classes() {
        assert_eq!(one_hot(&[0.0, 1.0, 1.0, 0.0], 2), Some(vec![1, 0]));
        for labels in [[1.0, 1.0], [0.0, 0.0], [0.5, 0.5], [2.0, 0.0]] {
            assert_eq!(one_hot(&labels, 2), None);
        }
        assert_eq!((one_hot(&[1.0], 1), one_hot(&[1.0, 0.0, 0.0], 2)), (None, None));
    }
}
