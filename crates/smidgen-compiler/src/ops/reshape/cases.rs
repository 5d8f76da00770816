//! Conformance cases of `RESHAPE`.

use super::Reshape;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::Shape;

pub(crate) fn cases() -> Vec<Case> {
    let to = |dims: &[usize]| Reshape { shape: Shape::new(dims).expect("the case is legal") };
    Cases::new()
        .case("flatten", &to(&[2, 12]), &[&[2, 3, 4]])
        .case("from_scalar", &to(&[1, 1]), &[&[]])
        .case("to_scalar", &to(&[]), &[&[1, 1]])
        .case("rank_8", &to(&[3, 2, 3, 2]), &[&[2, 1, 3, 1, 2, 1, 1, 3]])
        .constant("of_a_constant", &to(&[3, 2]), &[&[2, 3]], 0)
        .finish()
}
