//! Area under the receiver operating characteristic.

use super::classes::{Scores, check_labels};
use super::{MetricError, check_lengths};

/// Probability that a positive sample has a higher score than a negative one, where equal scores
/// count half: the area under the ROC curve, by the statistic of Mann and Whitney, exact with ties.
/// None if there are no positive or no negative samples.
pub fn roc_auc(scores: &[f32], positive: &[bool]) -> Result<Option<f64>, MetricError> {
    check_lengths(scores.len(), positive.len())?;
    if let Some(index) = scores.iter().position(|x| x.is_nan()) {
        return Err(MetricError::NotFinite { index });
    }
    let mut samples: Vec<(f32, bool)> =
        scores.iter().copied().zip(positive.iter().copied()).collect();
    samples.sort_by(|a, b| a.0.partial_cmp(&b.0).expect("no score is NaN"));
    // Twice the number of pairs that are in order, so that halves are integers.
    let (mut ordered, mut negatives) = (0u128, 0u128);
    for equal in samples.chunk_by(|a, b| a.0 == b.0) {
        let positive = equal.iter().filter(|sample| sample.1).count() as u128;
        let negative = equal.len() as u128 - positive;
        ordered += positive * (2 * negatives + negative);
        negatives += negative;
    }
    let pairs = negatives * (samples.len() as u128 - negatives);
    Ok((pairs > 0).then(|| ordered as f64 / (2 * pairs) as f64))
}

/// The area of each class against all others; none for a class that no sample or every sample has.
pub fn one_vs_rest_auc(scores: Scores, labels: &[usize]) -> Result<Vec<Option<f64>>, MetricError> {
    check_labels(scores.rows().len(), labels, scores.classes())?;
    let area = |class: usize| {
        let column: Vec<f32> = scores.rows().map(|row| row[class]).collect();
        let positive: Vec<bool> = labels.iter().map(|&label| label == class).collect();
        roc_auc(&column, &positive)
    };
    (0..scores.classes()).map(area).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_compiler::ops::case::Random;

    fn check(scores: &[f32], positive: &[u8], expected: Option<f64>) {
        let positive: Vec<bool> = positive.iter().map(|&p| p == 1).collect();
        assert_eq!(roc_auc(scores, &positive), Ok(expected));
    }

    #[test]
    fn areas_are_those_worked_out_by_hand() {
        check(&[0.1, 0.4, 0.35, 0.8], &[0, 0, 1, 1], Some(0.75));
        check(&[0.0, 1.0], &[0, 1], Some(1.0));
        check(&[0.0, 1.0], &[1, 0], Some(0.0));
        check(&[0.5, 0.5, 0.5], &[1, 0, 0], Some(0.5));
        check(&[1.0, 1.0, 2.0], &[0, 1, 1], Some(0.75));
        check(&[-0.0, 0.0], &[0, 1], Some(0.5));
        check(&[f32::NEG_INFINITY, f32::INFINITY], &[0, 1], Some(1.0));
    }

    #[test]
    fn one_kind_alone_has_no_area() {
        check(&[0.1, 0.2], &[1, 1], None);
        check(&[0.1, 0.2], &[0, 0], None);
        assert_eq!(roc_auc(&[], &[]), Err(MetricError::Empty));
        assert_eq!(roc_auc(&[f32::NAN], &[true]), Err(MetricError::NotFinite { index: 0 }));
    }

    #[test]
    fn every_class_has_an_area() {
        let scores = [0.9, 0.1, 0.0, 0.2, 0.8, 0.0, 0.4, 0.6, 0.0];
        let areas = one_vs_rest_auc(Scores::new(&scores, 3).unwrap(), &[0, 1, 0]);
        assert_eq!(areas, Ok(vec![Some(1.0), Some(1.0), None]));
    }

    #[test]
    fn areas_agree_with_all_pairs() {
        let mut random = Random::new(2);
        for _ in 0..500 {
            let count = random.range(1, 30) as usize;
            let scores: Vec<f32> = (0..count).map(|_| random.range(-3, 3) as f32).collect();
            let positive: Vec<bool> = (0..count).map(|_| random.bits() & 1 == 1).collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for i in (0..count).filter(|&i| positive[i]) {
                for j in (0..count).filter(|&j| !positive[j]) {
                    pairs += 1.0;
                    wins += match scores[i].partial_cmp(&scores[j]).unwrap() {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
                }
            }
            assert_eq!(roc_auc(&scores, &positive), Ok((pairs > 0.0).then(|| wins / pairs)));
        }
    }
}
