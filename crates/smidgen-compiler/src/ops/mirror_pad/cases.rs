//! Conformance cases of `MIRROR_PAD`.

use super::MirrorPad;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    let by = |repeats_edge, amounts: &[[usize; 2]]| MirrorPad {
        amounts: amounts.to_vec(),
        repeats_edge,
    };
    Cases::new()
        .case("image", &by(false, &[[0, 0], [1, 1], [1, 2], [0, 0]]), &[&[1, 4, 3, 2]])
        .case("widest_reflect", &by(false, &[[4, 4]]), &[&[5]])
        .case("widest_symmetric", &by(true, &[[2, 2], [3, 3]]), &[&[2, 3]])
        .case("every_axis", &by(true, &[[1, 0], [2, 1], [0, 2], [1, 2]]), &[&[1, 3, 2, 2]])
        .case("nothing", &by(false, &[[0, 0], [0, 0]]), &[&[2, 3]])
        .finish()
}
