//! Compares what a target computed with the reference.

use crate::report::Verdict;
use serde::Serialize;
use smidgen_compiler::tensor::Data;
use std::collections::BTreeMap;

/// Relative tolerance of float results, as a part of the reference's range.
pub const FLOAT_TOLERANCE: f64 = 1e-5;

/// Differences of one tensor over all samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Whether the tensors agree.
    pub verdict: Verdict,
    /// Elements compared.
    pub elements: usize,
    /// Elements that differ in any bit.
    pub differing: usize,
    /// Largest difference: integer steps, or real values of floats.
    pub max_difference: f64,
    /// How many elements of an integer tensor differ by how many steps (zero left out). Differences
    /// of 8 steps and more are counted together.
    pub histogram: BTreeMap<u64, usize>,
}

/// Steps from which the histogram counts differences together.
pub const HISTOGRAM_LIMIT: u64 = 8;

/// Compares one tensor over samples. The two slices have equal lengths, types and sizes.
///
/// Integers must be equal. Floats may differ by [`FLOAT_TOLERANCE`] of the reference's range over
/// all samples, which is taken to be at least 1; not-a-number equals not-a-number alone.
pub fn compare(reference: &[&Data], target: &[&Data]) -> Comparison {
    let mut result = Comparison {
        verdict: Verdict::Exact,
        elements: 0,
        differing: 0,
        max_difference: 0.0,
        histogram: BTreeMap::new(),
    };
    let mut range = (f64::INFINITY, f64::NEG_INFINITY);
    let mut floats = false;
    for (reference, target) in reference.iter().zip(target) {
        result.elements += reference.len();
        if let (Data::F32(reference), Data::F32(target)) = (reference, target) {
            floats = true;
            for (&r, &t) in reference.iter().zip(target) {
                if r.is_finite() {
                    range = (range.0.min(r.into()), range.1.max(r.into()));
                }
                result.add_float(r, t);
            }
        } else {
            result.add_integers(reference, target);
        }
    }
    let limit = if floats { FLOAT_TOLERANCE * (range.1 - range.0).max(1.0) } else { 0.0 };
    result.verdict = match result.max_difference {
        _ if result.differing == 0 => Verdict::Exact,
        difference if floats && difference <= limit => Verdict::Within,
        _ => Verdict::Wrong,
    };
    result
}

/// Compares output `index` of all samples.
pub(crate) fn compare_output(
    index: usize,
    reference: &[Vec<Data>],
    target: &[Vec<Data>],
) -> Comparison {
    let expected: Vec<_> = reference.iter().map(|sample| &sample[index]).collect();
    let actual: Vec<_> = target.iter().map(|sample| &sample[index]).collect();
    compare(&expected, &actual)
}

impl Comparison {
    fn add_float(&mut self, reference: f32, target: f32) {
        if reference.to_bits() == target.to_bits() || (reference.is_nan() && target.is_nan()) {
            return;
        }
        self.differing += 1;
        let difference = (f64::from(reference) - f64::from(target)).abs();
        // Infinity against a number, or a number against not-a-number, is as wrong as can be.
        let difference = if difference.is_nan() { f64::INFINITY } else { difference };
        self.max_difference = self.max_difference.max(difference);
    }

    fn add_integers(&mut self, reference: &Data, target: &Data) {
        let integers = |data: &Data| match data {
            Data::Bool(v) => v.iter().map(|&x| i64::from(x)).collect(),
            data => data.integers().expect("floats are compared elsewhere"),
        };
        for (r, t) in integers(reference).into_iter().zip(integers(target)) {
            let steps = r.abs_diff(t);
            if steps > 0 {
                self.differing += 1;
                self.max_difference = self.max_difference.max(steps as f64);
                *self.histogram.entry(steps.min(HISTOGRAM_LIMIT)).or_insert(0) += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &Data, target: &Data, verdict: Verdict, max_difference: f64) {
        let result = compare(&[reference], &[target]);
        assert_eq!((result.verdict, result.max_difference), (verdict, max_difference));
    }

    fn floats(v: &[f32]) -> Data {
        Data::F32(v.to_vec())
    }

    #[test]
    fn integers_must_be_equal() {
        check(&Data::I8(vec![1, 2]), &Data::I8(vec![1, 2]), Verdict::Exact, 0.0);
        check(&Data::I8(vec![1, 2]), &Data::I8(vec![1, 3]), Verdict::Wrong, 1.0);
        check(&Data::I64(vec![i64::MIN]), &Data::I64(vec![0]), Verdict::Wrong, 2f64.powi(63));
        check(&Data::Bool(vec![true]), &Data::Bool(vec![false]), Verdict::Wrong, 1.0);
    }

    #[test]
    fn floats_have_a_tolerance() {
        check(&floats(&[0.5]), &floats(&[0.5]), Verdict::Exact, 0.0);
        check(&floats(&[0.0]), &floats(&[2f32.powi(-17)]), Verdict::Within, 2f64.powi(-17));
        check(&floats(&[0.0]), &floats(&[2f32.powi(-16)]), Verdict::Wrong, 2f64.powi(-16));
        check(
            &floats(&[0.0, 2.0]),
            &floats(&[2f32.powi(-16), 2.0]),
            Verdict::Within,
            2f64.powi(-16),
        );
        check(&floats(&[f32::NAN]), &floats(&[0.0]), Verdict::Wrong, f64::INFINITY);
        check(&floats(&[f32::NAN]), &floats(&[-f32::NAN]), Verdict::Exact, 0.0);
        check(&floats(&[f32::INFINITY]), &floats(&[1.0]), Verdict::Wrong, f64::INFINITY);
    }

    #[test]
    fn the_histogram_counts_steps() {
        let result = compare(&[&Data::I8(vec![0; 4])], &[&Data::I8(vec![0, 1, -1, 100])]);
        assert_eq!(result.histogram, BTreeMap::from([(1, 2), (HISTOGRAM_LIMIT, 1)]));
        assert_eq!(result.differing, 3);
    }
}
