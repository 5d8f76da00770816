//! Conformance cases of `FILL`.

use super::Fill;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::Shape;

pub(crate) fn cases() -> Vec<Case> {
    let of =
        |zeros, dims: &[usize]| Fill { shape: Shape::new(dims).expect("the case is legal"), zeros };
    Cases::new()
        .case("value", &of(false, &[3, 7]), &[&[]])
        .case("zeros", &of(true, &[3, 5]), &[&[3, 5]])
        .case("many", &of(false, &[2, 8]), &[&[1]])
        .constant("of_a_constant", &of(false, &[9]), &[&[]], 0)
        .finish()
}
