//! Predictions of numbers: errors and what of the variance is explained.

use super::{MetricError, check_lengths};

/// Differences of finite predictions and labels.
fn errors(predictions: &[f64], labels: &[f64]) -> Result<Vec<f64>, MetricError> {
    check_lengths(predictions.len(), labels.len())?;
    let pairs = || predictions.iter().zip(labels);
    match pairs().position(|(x, y)| !x.is_finite() || !y.is_finite()) {
        Some(index) => Err(MetricError::NotFinite { index }),
        None => Ok(pairs().map(|(x, y)| x - y).collect()),
    }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// Mean of the squared errors.
pub fn mean_squared_error(predictions: &[f64], labels: &[f64]) -> Result<f64, MetricError> {
    let squares: Vec<f64> = errors(predictions, labels)?.iter().map(|e| e * e).collect();
    Ok(mean(&squares))
}

/// Square root of the mean squared error.
pub fn rmse(predictions: &[f64], labels: &[f64]) -> Result<f64, MetricError> {
    mean_squared_error(predictions, labels).map(f64::sqrt)
}

/// Mean of the errors' sizes.
pub fn mean_absolute_error(predictions: &[f64], labels: &[f64]) -> Result<f64, MetricError> {
    let sizes: Vec<f64> = errors(predictions, labels)?.iter().map(|e| e.abs()).collect();
    Ok(mean(&sizes))
}

/// Size of the largest error.
pub fn max_error(predictions: &[f64], labels: &[f64]) -> Result<f64, MetricError> {
    Ok(errors(predictions, labels)?.iter().fold(0.0, |most, e| e.abs().max(most)))
}

/// Share of the predictions whose error is at most `tolerance`.
pub fn within(predictions: &[f64], labels: &[f64], tolerance: f64) -> Result<f64, MetricError> {
    let errors = errors(predictions, labels)?;
    let good = errors.iter().filter(|e| e.abs() <= tolerance).count();
    Ok(good as f64 / errors.len() as f64)
}

/// Coefficient of determination: 1 minus the squared errors in proportion to those of predicting
/// the labels' mean. None if all labels are equal.
pub fn r2(predictions: &[f64], labels: &[f64]) -> Result<Option<f64>, MetricError> {
    let residual: f64 = errors(predictions, labels)?.iter().map(|e| e * e).sum();
    let centre = mean(labels);
    let total: f64 = labels.iter().map(|y| (y - centre) * (y - centre)).sum();
    let varies = labels.iter().any(|y| *y != labels[0]);
    Ok((varies && total > 0.0).then(|| 1.0 - residual / total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_compiler::ops::case::Random;

    const LABELS: [f64; 4] = [3.0, -0.5, 2.0, 7.0];
    const PREDICTIONS: [f64; 4] = [2.5, 0.0, 2.0, 8.0];

    #[test]
    fn errors_are_those_worked_out_by_hand() {
        assert_eq!(mean_squared_error(&PREDICTIONS, &LABELS), Ok(0.375));
        assert_eq!(rmse(&PREDICTIONS, &LABELS), Ok(0.375f64.sqrt()));
        assert_eq!(mean_absolute_error(&PREDICTIONS, &LABELS), Ok(0.5));
        assert_eq!(max_error(&PREDICTIONS, &LABELS), Ok(1.0));
        // Labels' mean is 2.875; squares around it sum to 29.1875.
        assert_eq!(r2(&PREDICTIONS, &LABELS), Ok(Some(1.0 - 1.5 / 29.1875)));
        let shares = [0.0, 0.5, 0.99, 1.0].map(|t| within(&PREDICTIONS, &LABELS, t).unwrap());
        assert_eq!(shares, [0.25, 0.75, 0.75, 1.0]);
    }

    #[test]
    fn equal_labels_have_no_r2() {
        assert_eq!(r2(&[1.0, 2.0], &[0.1, 0.1]), Ok(None));
        assert_eq!(r2(&[2.0, 2.0], &[1.0, 3.0]), Ok(Some(0.0)));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        assert_eq!(rmse(&[], &[]), Err(MetricError::Empty));
        assert_eq!(rmse(&[1.0], &[]), Err(MetricError::Lengths { predictions: 1, labels: 0 }));
        assert_eq!(r2(&[1.0, f64::NAN], &[1.0, 2.0]), Err(MetricError::NotFinite { index: 1 }));
        assert_eq!(max_error(&[1.0], &[f64::INFINITY]), Err(MetricError::NotFinite { index: 0 }));
    }

    /// In units of a quarter, all sums are exact integers.
    #[test]
    fn random_errors_agree_with_integers() {
        let mut random = Random::new(3);
        for _ in 0..300 {
            let count = random.range(1, 20) as usize;
            let mut list = || (0..count).map(|_| random.range(-40, 40)).collect::<Vec<i64>>();
            let (x, y) = (list(), list());
            let real = |v: &[i64]| v.iter().map(|&x| x as f64 / 4.0).collect::<Vec<f64>>();
            let (p, l) = (real(&x), real(&y));
            let sizes: Vec<u64> = x.iter().zip(&y).map(|(a, b)| a.abs_diff(*b)).collect();
            let squares: u64 = sizes.iter().map(|e| e * e).sum();
            let n = count as f64;
            let mse = mean_squared_error(&p, &l).unwrap();
            assert!((mse - squares as f64 / 16.0 / n).abs() < 1e-12);
            let mae = mean_absolute_error(&p, &l).unwrap();
            assert!((mae - sizes.iter().sum::<u64>() as f64 / 4.0 / n).abs() < 1e-12);
            assert_eq!(max_error(&p, &l), Ok(*sizes.iter().max().unwrap() as f64 / 4.0));
            assert!(mae <= rmse(&p, &l).unwrap() + 1e-12);
            let near = sizes.iter().filter(|e| **e <= 8).count() as f64 / n;
            assert_eq!(within(&p, &l, 2.0), Ok(near));
            let sum: i64 = y.iter().sum();
            let spread = y.iter().map(|v| (v * count as i64 - sum).pow(2)).sum::<i64>() as f64;
            if let Some(r2) = r2(&p, &l).unwrap() {
                assert!((r2 - (1.0 - squares as f64 * n * n / spread)).abs() < 1e-9);
            }
        }
    }
}
