//! Conformance cases of `TILE`.

use super::Tile;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    let by = |counts: &[usize]| Tile { counts: counts.to_vec() };
    Cases::new()
        .case("both", &by(&[3, 2]), &[&[2, 3]])
        .case("words", &by(&[3, 1]), &[&[1, 8]])
        .case("elements", &by(&[1, 5]), &[&[3, 1]])
        .case("new_axes", &by(&[2, 3, 1, 4]), &[&[2, 1]])
        .case("scalar", &by(&[2, 3]), &[&[]])
        .case("once", &by(&[1, 1]), &[&[2, 3]])
        .case("eight_loops", &by(&[2, 2, 2, 2]), &[&[2, 3, 2, 3]])
        .finish()
}
