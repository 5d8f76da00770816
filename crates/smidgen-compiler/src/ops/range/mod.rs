//! `RANGE`: numbers in steps, from constants.
//!
//! Inputs: the first number, the limit, which is not reached, and the step: constants of one
//! element. Output: [`Range::count`] numbers. Floats are summed up step by step.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// How many numbers there are.
    pub count: usize,
}

impl OpDef for Range {
    const NAME: &'static str = "RANGE";
    const TYPES: &'static [DType] = &[DType::I32, DType::I64, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "range_move",
        needs: &[],
        accepts: |_, site| (0..3).all(|input| site.constant(input).is_some()),
        lower: |op, site| {
            let inputs: Option<Vec<&Data>> = (0..3).map(|input| site.constant(input)).collect();
            let data = op.numbers(&inputs.expect("the kernel accepts constants alone"));
            movement::lower_as_code(&[Transfer::known(data, 0)], site)
        },
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [first, limit, step] = inputs else {
            return Err(OpError::inconsistent("needs three inputs"));
        };
        if [first, limit, step].iter().any(|x| x.shape.elements() != 1) {
            return Err(OpError::inconsistent("first, limit and step must be one element each"));
        }
        Ok(vec![(first.dtype, movement::shape(vec![self.count])?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES)?;
        let inputs: Option<Vec<&Data>> = (0..3).map(|input| site.constant(input)).collect();
        let Some(inputs) = inputs else {
            let text = "the length of a range that the running model computes is not known";
            return Err(OpError::unsupported(text).hint("make first, limit and step constants"));
        };
        if count(inputs[0], inputs[1], inputs[2]) == Some(self.count) {
            return Ok(());
        }
        let text = format!("{inputs:?} are not {} numbers", self.count);
        Err(OpError::inconsistent(text))
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![self.numbers(inputs)]
    }
}

impl Range {
    fn numbers(&self, inputs: &[&Data]) -> Data {
        fn made<T: Copy>(count: usize, [first, _, step]: [T; 3], add: fn(T, T) -> T) -> Vec<T> {
            let next = |&number: &T| Some(add(number, step));
            std::iter::successors(Some(first), next).take(count).collect()
        }
        let count = self.count;
        match inputs {
            [Data::F32(a), Data::F32(b), Data::F32(c)] => {
                Data::F32(made(count, [a[0], b[0], c[0]], |x, y| x + y))
            }
            [Data::I32(a), Data::I32(b), Data::I32(c)] => {
                Data::I32(made(count, [a[0], b[0], c[0]], i32::wrapping_add))
            }
            _ => {
                let numbers = [0, 1, 2].map(|input| inputs[input].get::<i64>()[0]);
                Data::I64(made(count, numbers, i64::wrapping_add))
            }
        }
    }
}

/// How many numbers from `first` on lie before `limit`; `None` if there is no end to them, none at
/// all, or more than a tensor can hold.
fn count(first: &Data, limit: &Data, step: &Data) -> Option<usize> {
    let integer = |data: &Data| data.integers().map(|numbers| i128::from(numbers[0]));
    let count = if let Some(step) = integer(step) {
        let distance = (integer(limit)? - integer(first)?) * step.signum();
        (distance + step.abs() - 1).checked_div(step.abs())?
    } else {
        let (Data::F32(first), Data::F32(limit), Data::F32(step)) = (first, limit, step) else {
            return None;
        };
        let steps = ((limit[0] - first[0]) / step[0]).ceil();
        if !steps.is_finite() {
            return None;
        }
        steps as i128
    };
    usize::try_from(count).ok().filter(|&count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: i64, limit: i64, step: i64, expected: Option<usize>) {
        let [first, limit, step] = [first, limit, step].map(|number| Data::I64(vec![number]));
        assert_eq!(count(&first, &limit, &step), expected);
    }

    #[test]
    fn the_limit_is_not_reached() {
        check(2, 9, 1, Some(7));
        check(0, 9, 5, Some(2));
        check(5, -4, -2, Some(5));
    }

    #[test]
    fn ranges_without_numbers_or_end_are_refused() {
        check(3, 3, 1, None);
        check(3, 4, -1, None);
        check(3, 4, 0, None);
        check(i64::MIN, i64::MAX, 1, usize::try_from(u64::MAX).ok());
    }

    #[test]
    fn truth_values_have_no_range() {
        let [first, limit] = [false, true].map(|truth| Data::Bool(vec![truth]));
        assert_eq!(count(&first, &limit, &limit), None);
    }
}
