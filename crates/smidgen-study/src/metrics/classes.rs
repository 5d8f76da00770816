//! Predictions of classes: top-k, confusion matrix, precision, recall, F1.

use super::{MetricError, check_lengths};

/// Most classes of a confusion matrix, whose size grows with their square.
const MAX_CLASSES: usize = 1 << 12;

/// A score of every class for every sample; the class with the highest score is predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores<'a> {
    values: &'a [f32],
    classes: usize,
}

impl<'a> Scores<'a> {
    /// Scores, `classes` of them for each sample, one sample after the other.
    pub fn new(values: &'a [f32], classes: usize) -> Result<Self, MetricError> {
        if classes == 0 || !values.len().is_multiple_of(classes) {
            return Err(MetricError::Rows { scores: values.len(), classes });
        }
        // Infinite scores have an order, NaN has none.
        match values.iter().position(|x| x.is_nan()) {
            Some(index) => Err(MetricError::NotFinite { index }),
            None => Ok(Self { values, classes }),
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The scores of each sample.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [f32]> + use<'a> {
        self.values.chunks_exact(self.classes)
    }

    /// The predicted class of each sample: the first one with the highest score.
    pub fn predictions(&self) -> Vec<usize> {
        let first_highest = |row: &[f32]| {
            let better =
                |best: usize, class: usize| if row[class] > row[best] { class } else { best };
            (1..row.len()).fold(0, better)
        };
        self.rows().map(first_highest).collect()
    }

    /// Share of the samples whose label is among the `k` classes with the highest scores. Of equal
    /// scores, that of the class with the lower index counts as higher, so that `k` = 1 agrees with
    /// [`Self::predictions`].
    pub fn top_k(&self, labels: &[usize], k: usize) -> Result<f64, MetricError> {
        check_labels(self.rows().len(), labels, self.classes)?;
        let hit = |&(row, &label): &(&[f32], &usize)| {
            let before = |(class, score): (usize, &f32)| {
                *score > row[label] || (*score == row[label] && class < label)
            };
            row.iter().enumerate().filter(|&entry| before(entry)).count() < k
        };
        let hits = self.rows().zip(labels).filter(hit).count();
        Ok(hits as f64 / labels.len() as f64)
    }
}

pub(super) fn check_labels(
    predictions: usize,
    labels: &[usize],
    classes: usize,
) -> Result<(), MetricError> {
    check_lengths(predictions, labels.len())?;
    match labels.iter().position(|&label| label >= classes) {
        Some(sample) => Err(MetricError::Label { sample, label: labels[sample], classes }),
        None => Ok(()),
    }
}

/// How often samples of each class were predicted to be of each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<usize>,
}

impl Confusion {
    /// Counts predicted classes against labels.
    pub fn new(
        predictions: &[usize],
        labels: &[usize],
        classes: usize,
    ) -> Result<Self, MetricError> {
        check_labels(predictions.len(), labels, classes)?;
        check_labels(labels.len(), predictions, classes)?;
        if classes > MAX_CLASSES {
            return Err(MetricError::Classes { classes, most: MAX_CLASSES });
        }
        let mut counts = vec![0; classes * classes];
        for (&predicted, &label) in predictions.iter().zip(labels) {
            counts[label * classes + predicted] += 1;
        }
        Ok(Self { classes, counts })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Samples of class `label` that were predicted to be of class `predicted`.
    pub fn count(&self, label: usize, predicted: usize) -> usize {
        self.counts[label * self.classes + predicted]
    }

    /// Samples of class `class`.
    pub fn labelled(&self, class: usize) -> usize {
        (0..self.classes).map(|predicted| self.count(class, predicted)).sum()
    }

    /// Samples that were predicted to be of class `class`.
    pub fn predicted(&self, class: usize) -> usize {
        (0..self.classes).map(|label| self.count(label, class)).sum()
    }

    /// Share of the samples that were predicted right.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.classes).map(|class| self.count(class, class)).sum();
        right as f64 / self.counts.iter().sum::<usize>() as f64
    }

    /// Of the samples that were predicted to be of the class, the share that is; none if there are
    /// no such predictions.
    pub fn precision(&self, class: usize) -> Option<f64> {
        ratio(self.count(class, class), self.predicted(class))
    }

    /// Of the samples of the class, the share that was predicted to be; none if there are none.
    pub fn recall(&self, class: usize) -> Option<f64> {
        ratio(self.count(class, class), self.labelled(class))
    }

    /// Harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`; none for a class that
    /// occurs neither among labels nor among predictions.
    pub fn f1(&self, class: usize) -> Option<f64> {
        ratio(2 * self.count(class, class), self.predicted(class) + self.labelled(class))
    }

    /// Mean F1 of the classes that occur among labels or predictions.
    pub fn macro_f1(&self) -> f64 {
        let scores: Vec<f64> = (0..self.classes).filter_map(|class| self.f1(class)).collect();
        scores.iter().sum::<f64>() / scores.len() as f64
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_compiler::ops::case::Random;

    /// Three classes; worked out by hand.
    const LABELS: [usize; 6] = [0, 0, 1, 1, 2, 2];
    const PREDICTIONS: [usize; 6] = [0, 1, 1, 1, 0, 2];

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    #[test]
    fn predictions_are_counted_by_class() {
        let confusion = Confusion::new(&PREDICTIONS, &LABELS, 3).unwrap();
        let rows: Vec<Vec<usize>> =
            (0..3).map(|l| (0..3).map(|p| confusion.count(l, p)).collect()).collect();
        assert_eq!(rows, [[1, 1, 0], [0, 2, 0], [1, 0, 1]]);
        close(confusion.accuracy(), 4.0 / 6.0);
        let all =
            |f: &dyn Fn(usize) -> Option<f64>| (0..3).map(|c| f(c).unwrap()).collect::<Vec<_>>();
        assert_eq!(all(&|c| confusion.precision(c)), [0.5, 2.0 / 3.0, 1.0]);
        assert_eq!(all(&|c| confusion.recall(c)), [0.5, 1.0, 0.5]);
        assert_eq!(all(&|c| confusion.f1(c)), [0.5, 0.8, 2.0 / 3.0]);
        close(confusion.macro_f1(), (0.5 + 0.8 + 2.0 / 3.0) / 3.0);
    }

    #[test]
    fn what_is_undefined_is_none() {
        let confusion = Confusion::new(&[0, 0], &[0, 1], 4).unwrap();
        assert_eq!((confusion.precision(1), confusion.recall(1)), (None, Some(0.0)));
        assert_eq!((confusion.f1(1), confusion.f1(3)), (Some(0.0), None));
        close(confusion.macro_f1(), f64::midpoint(2.0 / 3.0, 0.0));
    }

    #[test]
    fn equal_scores_are_ordered_by_class() {
        let scores = Scores::new(&[1.0, 3.0, 3.0, 0.5, 0.5, 0.5], 3).unwrap();
        assert_eq!(scores.predictions(), [1, 0]);
        let top = |labels: [usize; 2], k| scores.top_k(&labels, k).unwrap();
        assert_eq!(
            [top([1, 0], 1), top([2, 1], 1), top([2, 1], 2), top([0, 2], 3)],
            [1.0, 0.0, 1.0, 1.0]
        );
        assert_eq!([top([0, 0], 2), top([0, 0], 0), top([0, 0], 99)], [0.5, 0.0, 1.0]);
    }

    #[test]
    fn negative_zero_equals_zero() {
        let scores = Scores::new(&[-0.0, 0.0, f32::NEG_INFINITY, -1.0], 2).unwrap();
        assert_eq!(scores.predictions(), [0, 1]);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let scores = Scores::new(&[1.0, 2.0], 2).unwrap();
        assert_eq!(
            scores.top_k(&[2], 1),
            Err(MetricError::Label { sample: 0, label: 2, classes: 2 })
        );
        assert_eq!(
            scores.top_k(&[0, 1], 1),
            Err(MetricError::Lengths { predictions: 1, labels: 2 })
        );
        assert_eq!(Confusion::new(&[], &[], 2), Err(MetricError::Empty));
        assert!(matches!(Confusion::new(&[2], &[0], 2), Err(MetricError::Label { .. })));
        assert_eq!(Scores::new(&[f32::NAN], 1), Err(MetricError::NotFinite { index: 0 }));
        assert!(Scores::new(&[1.0], 0).is_err() && Scores::new(&[1.0], 2).is_err());
    }

    /// Sorts every row; definitions are spelled out per sample.
    #[test]
    fn random_predictions_agree_with_brute_force() {
        let mut random = Random::new(1);
        for _ in 0..300 {
            let classes = random.range(1, 6) as usize;
            let samples = random.range(1, 20) as usize;
            let mut class = |_| random.range(0, classes as i64 - 1) as usize;
            let labels: Vec<usize> = (0..samples).map(&mut class).collect();
            let values: Vec<f32> =
                (0..samples * classes).map(|_| random.range(0, 4) as f32).collect();
            let scores = Scores::new(&values, classes).unwrap();
            let mut orders = Vec::new();
            for row in scores.rows() {
                let mut order: Vec<usize> = (0..classes).collect();
                order.sort_by(|&a, &b| row[b].partial_cmp(&row[a]).unwrap());
                orders.push(order);
            }
            for k in 0..=classes {
                let hits = orders.iter().zip(&labels).filter(|(o, l)| o[..k].contains(l)).count();
                close(scores.top_k(&labels, k).unwrap(), hits as f64 / samples as f64);
            }
            let predictions = scores.predictions();
            assert!(predictions.iter().zip(&orders).all(|(p, order)| *p == order[0]));
            let confusion = Confusion::new(&predictions, &labels, classes).unwrap();
            close(confusion.accuracy(), scores.top_k(&labels, 1).unwrap());
            for class in 0..classes {
                let both = |p: bool, l: bool| {
                    let pairs = predictions.iter().zip(&labels);
                    pairs.filter(|&(&x, &y)| (x == class) == p && (y == class) == l).count() as f64
                };
                let (tp, fp, fn_) = (both(true, true), both(true, false), both(false, true));
                if let (Some(precision), Some(recall)) =
                    (confusion.precision(class), confusion.recall(class))
                {
                    close(precision, tp / (tp + fp));
                    close(recall, tp / (tp + fn_));
                    let sum = precision + recall;
                    let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
                    close(confusion.f1(class).unwrap(), f1);
                }
            }
        }
    }
}
