//! Conformance cases of `SPLIT`.

use super::Split;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    let at = |axis, sizes: &[usize]| Split { axis, sizes: sizes.to_vec() };
    Cases::new()
        .case("vector", &at(0, &[2, 5]), &[&[7]])
        .case("last", &at(1, &[1, 6, 2]), &[&[2, 9]])
        .case("first", &at(0, &[3, 2]), &[&[5, 2, 3]])
        .case("middle", &at(1, &[1, 1, 3]), &[&[2, 5, 4]])
        .case("into_one", &at(1, &[4]), &[&[3, 4]])
        .case("words", &at(2, &[8, 4, 4]), &[&[3, 4, 16]])
        .case("rank_8", &at(4, &[1, 2]), &[&[1, 2, 2, 1, 3, 2, 1, 2]])
        .finish()
}
