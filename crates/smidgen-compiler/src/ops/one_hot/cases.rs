//! Conformance cases of `ONE_HOT`.

use super::OneHot;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let new = |axis, depth| OneHot { axis, depth };
    let values: &[&[usize]] = &[&[], &[]];
    Cases::new()
        .at("vector", &new(1, 3), values, (&[0, 2, 1, -1, 3], &[5]))
        .at("first_axis", &new(0, 4), values, (&[3, 0, 1, 2, 9, 2], &[2, 3]))
        .at("middle_axis", &new(1, 4), values, (&[3, 0, 1, 2, 9, 2], &[2, 3]))
        .indexed("run_time", &new(0, 5), values, (DType::I64, &[]))
        .indexed("run_time_32", &new(1, 700), values, (DType::I32, &[3]))
        .finish()
}
