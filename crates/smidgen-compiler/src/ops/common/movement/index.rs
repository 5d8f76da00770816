//! Places that are known when the model runs: indices of elements, starts of boxes.
//!
//! A number outside its axis counts as the nearest one inside, so that no input makes a kernel leave
//! a tensor. Constant numbers must lie inside.

use crate::ops::common::{COMMON, INDEX, MOVE};
use crate::ops::{Arg, CArray, Constant, Lowered, OpError, Site};
use crate::tensor::{DType, Data};

/// How a number moves a place along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ops) struct Along {
    /// How many places there are; 1 if the number does not matter.
    pub places: usize,
    /// Elements from one to the next.
    pub step: usize,
    /// What is added to a negative number: the axis's length where it counts from the end, else 0.
    pub wrap: usize,
}

impl Along {
    /// A number that does not matter.
    pub(in crate::ops) const IGNORED: Self = Self { places: 1, step: 0, wrap: 0 };

    /// Every place along an axis whose neighbours are `step` elements apart.
    pub(in crate::ops) fn axis(places: usize, step: usize) -> Self {
        Self { places, step, wrap: 0 }
    }

    fn wrapped(self, number: i64) -> i64 {
        if number < 0 { number.saturating_add(count(self.wrap)) } else { number }
    }
}

fn count(places: usize) -> i64 {
    i64::try_from(places).expect("the number of elements is limited")
}

/// The element that `numbers` lead to, one number per axis.
pub(in crate::ops) fn place(axes: &[Along], numbers: &[i64]) -> usize {
    let along = |(axis, &number): (&Along, &i64)| {
        let nearest = axis.wrapped(number).clamp(0, count(axis.places) - 1);
        usize::try_from(nearest).expect("it is not negative") * axis.step
    };
    axes.iter().zip(numbers).map(along).sum()
}

/// The elements of an index operand, checked by [`check`].
pub(in crate::ops) fn numbers(data: &Data) -> Vec<i64> {
    data.integers().expect("indices are integers")
}

/// Requires input `input` to hold indices, as many as `axes` in a row. If it is constant, they must
/// lie inside.
pub(in crate::ops) fn check(site: &Site, input: usize, axes: &[Along]) -> Result<(), OpError> {
    let dtype = site.input(input).dtype;
    if !matches!(dtype, DType::I32 | DType::I64) {
        let text = format!("the indices in input {input} must be int32 or int64, not `{dtype}`");
        return Err(OpError::unsupported(text));
    }
    let Some(data) = site.constant(input) else { return Ok(()) };
    for row in numbers(data).chunks(axes.len().max(1)) {
        for (axis, &number) in axes.iter().zip(row) {
            let inside = (0..count(axis.places)).contains(&axis.wrapped(number));
            if !inside && *axis != Along::IGNORED {
                return Err(OpError::inconsistent(format!(
                    "the constant index {number} in input {input} must be below {} and not negative",
                    axis.places
                )));
            }
        }
    }
    Ok(())
}

/// Code that reads indices: its sources, and the arguments `indices`, `wide`, `axes` and `depth` of
/// `smidgen_place`.
pub(in crate::ops) fn lower(
    site: &Site,
    input: usize,
    axes: &[Along],
    element_bytes: usize,
) -> (Lowered, Vec<(&'static str, Arg)>) {
    let number = |value: usize| i32::try_from(value).expect("tensor sizes fit 32 bits");
    let row = |a: &Along| [a.places - 1, a.step * element_bytes, a.wrap].map(number);
    let data = CArray::I32(axes.iter().flat_map(row).collect());
    let mut lowered = Lowered { sources: vec![COMMON, MOVE, INDEX], ..Lowered::default() };
    lowered.constants.push(Constant { name: "axes", is_weight: false, data });
    let args = vec![
        ("indices", Arg::Input(input)),
        ("wide", Arg::Int(i32::from(site.input(input).dtype == DType::I64))),
        ("axes", Arg::Constant(0)),
        ("depth", Arg::size(axes.len())),
    ];
    (lowered, args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(axis: Along, numbers: &[i64], expected: &[usize]) {
        let found: Vec<_> = numbers.iter().map(|&number| place(&[axis], &[number])).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_outside_count_as_the_nearest() {
        check(Along::axis(3, 2), &[0, 2, 3, -1, i64::MIN, i64::MAX], &[0, 4, 4, 0, 0, 4]);
    }

    #[test]
    fn negative_numbers_may_count_from_the_end() {
        check(Along { wrap: 3, ..Along::axis(3, 2) }, &[-1, -3, -4, i64::MIN], &[4, 0, 0, 0]);
    }

    #[test]
    fn ignored_numbers_stay_at_the_start() {
        check(Along::IGNORED, &[5, -5], &[0, 0]);
    }
}
