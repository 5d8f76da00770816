//! Works out metrics of one model's outputs.

use super::metric::Metric;
use super::report::ClassReport;
use super::task::{Question, Task, Truth, classes_of, is_index};
use crate::Error;
use crate::metrics::{
    Confusion, MetricError, Scores, max_error, mean_absolute_error, mean_squared_error,
    one_vs_rest_auc, r2, rmse, roc_auc, within,
};
use smidgen_compiler::tensor::TensorType;

/// Outputs of one model for all samples, as real numbers.
#[derive(Debug)]
pub(super) struct Outputs {
    /// One sample after the other.
    pub(super) reals: Vec<f32>,
    /// The output's type.
    pub(super) ty: TensorType,
    /// For anomalies: the mean squared difference from the input, per sample.
    pub(super) differences: Vec<f32>,
    /// The predicted classes; none where the output tells none apart.
    pub(super) predictions: Vec<usize>,
    /// Scores for each class; none for outputs that are indices.
    scores: Vec<f32>,
    classes: usize,
}

/// Most classes whose areas under curves are worked out unasked.
pub(super) const MOST_AREAS: usize = 100;

impl Outputs {
    /// Takes what a model put out; `threshold` divides two classes that one number tells apart.
    pub(super) fn new(
        reals: Vec<f32>,
        ty: &TensorType,
        question: &Question,
        threshold: f32,
        name: &str,
    ) -> Result<Self, Error> {
        let ty = ty.clone();
        let width = ty.shape.elements();
        if let Some(at) = reals.iter().position(|x| x.is_nan()) {
            let sample = at / width;
            let text = format!("model `{name}` puts out NaN for sample {sample}");
            return Err(Error::Data(text));
        }
        let mut outputs = Self {
            reals,
            ty,
            differences: Vec::new(),
            predictions: Vec::new(),
            scores: Vec::new(),
            classes: 0,
        };
        let tells_classes = match question.task {
            Task::Classification => true,
            Task::Comparison => width > 1 && classes_of(&outputs.ty).is_ok(),
            Task::Regression | Task::Anomaly => false,
        };
        if tells_classes {
            outputs.classify(question, threshold)?;
        }
        Ok(outputs)
    }

    fn classify(&mut self, question: &Question, threshold: f32) -> Result<(), Error> {
        if is_index(&self.ty) {
            let index = |&x: &f32| if x >= 0.0 { Some(x as usize) } else { None };
            let indices = self.reals.iter().map(index).collect::<Option<Vec<_>>>();
            self.predictions =
                indices.ok_or_else(|| Error::Data("a predicted class is negative".into()))?;
            let labels =
                if let Truth::Classes(labels) = &question.truth { &labels[..] } else { &[] };
            let last = self.predictions.iter().chain(labels).max();
            self.classes = last.map_or(0, |last| last.saturating_add(1));
            return Ok(());
        }
        self.classes = classes_of(&self.ty).map_err(Error::Usage)?.unwrap_or(0);
        self.scores = match self.ty.shape.elements() {
            1 => self.reals.iter().flat_map(|&score| [threshold, score]).collect(),
            _ => std::mem::take(&mut self.reals),
        };
        self.predictions = self.scores()?.predictions();
        Ok(())
    }

    /// Numbers per sample.
    pub(super) fn width(&self) -> usize {
        self.ty.shape.elements()
    }

    /// All outputs, one sample after the other.
    pub(super) fn all(&self) -> &[f32] {
        if self.reals.is_empty() { &self.scores } else { &self.reals }
    }

    fn scores(&self) -> Result<Scores<'_>, Error> {
        Scores::new(&self.scores, self.classes).map_err(wrong)
    }

    /// How often samples of each class were taken for each class.
    pub(super) fn confusion(&self, question: &Question) -> Result<Option<Confusion>, Error> {
        match &question.truth {
            Truth::Classes(labels) => {
                Confusion::new(&self.predictions, labels, self.classes).map(Some).map_err(wrong)
            }
            _ => Ok(None),
        }
    }

    /// A metric that needs no other model; none where it is not defined.
    pub(super) fn metric(
        &self,
        metric: Metric,
        question: &Question,
        confusion: Option<&Confusion>,
    ) -> Result<Option<f64>, Error> {
        let value = match (&question.truth, confusion) {
            (Truth::Classes(labels), Some(confusion)) => {
                self.of_classes(metric, labels, confusion)?
            }
            (Truth::Numbers { .. }, _) => self.of_numbers(metric, question)?,
            (Truth::Anomalies(positive), _) if metric == Metric::Auc => {
                roc_auc(&self.differences, positive).map_err(wrong)?
            }
            _ => None,
        };
        Ok(value)
    }

    fn of_classes(
        &self,
        metric: Metric,
        labels: &[usize],
        confusion: &Confusion,
    ) -> Result<Option<f64>, Error> {
        let mean =
            |of: &dyn Fn(usize) -> Option<f64>| mean((0..confusion.classes()).filter_map(of));
        Ok(match metric {
            Metric::Top(1) => Some(confusion.accuracy()),
            Metric::Precision => mean(&|class| confusion.precision(class)),
            Metric::Recall => mean(&|class| confusion.recall(class)),
            Metric::F1 => Some(confusion.macro_f1()),
            _ if is_index(&self.ty) => None,
            Metric::Top(k) => Some(self.scores()?.top_k(labels, k).map_err(wrong)?),
            Metric::Auc if self.classes == 2 => {
                let second: Vec<f32> = self.scores()?.rows().map(|row| row[1]).collect();
                let positive: Vec<bool> = labels.iter().map(|&label| label == 1).collect();
                roc_auc(&second, &positive).map_err(wrong)?
            }
            Metric::Auc => {
                let areas = one_vs_rest_auc(self.scores()?, labels).map_err(wrong)?;
                self::mean(areas.into_iter().flatten())
            }
            _ => None,
        })
    }

    fn of_numbers(&self, metric: Metric, question: &Question) -> Result<Option<f64>, Error> {
        let labels = question.numbers(&self.ty);
        let predictions: Vec<f64> = self.reals.iter().map(|&x| x.into()).collect();
        let (p, l) = (&predictions[..], &labels[..]);
        Ok(match metric {
            Metric::Mse => Some(mean_squared_error(p, l).map_err(wrong)?),
            Metric::Rmse => Some(rmse(p, l).map_err(wrong)?),
            Metric::Mae => Some(mean_absolute_error(p, l).map_err(wrong)?),
            Metric::MaxError => Some(max_error(p, l).map_err(wrong)?),
            Metric::Within(tolerance) => Some(within(p, l, tolerance).map_err(wrong)?),
            Metric::R2 => r2(p, l).map_err(wrong)?,
            _ => None,
        })
    }

    /// A metric that compares with the outputs of the first model; `leading` is the task's own.
    pub(super) fn against(&self, first: &Self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Agreement if !self.predictions.is_empty() => {
                let pairs = self.predictions.iter().zip(&first.predictions);
                let same = pairs.filter(|(own, other)| own == other).count();
                Some(same as f64 / self.predictions.len() as f64)
            }
            Metric::Sqnr => Some(sqnr(first.all(), self.all())),
            _ => None,
        }
    }

    /// Precision, recall and F1 of every class.
    pub(super) fn classes(confusion: &Confusion, names: &[String]) -> Vec<ClassReport> {
        let class = |class: usize| ClassReport {
            name: names.get(class).cloned(),
            samples: confusion.labelled(class),
            precision: confusion.precision(class),
            recall: confusion.recall(class),
            f1: confusion.f1(class),
        };
        (0..confusion.classes()).map(class).collect()
    }
}

fn wrong(error: MetricError) -> Error {
    Error::Data(error.to_string())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Power of a signal in proportion to that of its distortion, in decibels; infinite where there is
/// no distortion.
fn sqnr(signal: &[f32], distorted: &[f32]) -> f64 {
    let (mut power, mut noise) = (0f64, 0f64);
    for (&s, &d) in signal.iter().zip(distorted) {
        let (s, d) = (f64::from(s), f64::from(d));
        // Infinities that are equal are no noise.
        if s.to_bits() != d.to_bits() {
            noise += (s - d) * (s - d);
        }
        power += s * s;
    }
    if noise == 0.0 { f64::INFINITY } else { 10.0 * (power / noise).log10() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_measured_in_decibels() {
        assert!((sqnr(&[1.0, 0.0], &[0.9, 0.0]) - 20.0).abs() < 1e-5);
        assert!((sqnr(&[3.0, 4.0], &[0.0, 0.0])).abs() < 1e-12);
        let infinite =
            |ratio: f64, is_positive| ratio.is_infinite() && (ratio > 0.0) == is_positive;
        assert!(infinite(sqnr(&[1.0, f32::INFINITY], &[1.0, f32::INFINITY]), true));
        assert!(infinite(sqnr(&[0.0], &[1.0]), false));
    }
}
