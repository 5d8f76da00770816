//! Conformance cases of `SPACE_TO_DEPTH`.

use super::SpaceToDepth;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    let by = |block, inverse| SpaceToDepth { block, inverse };
    Cases::new()
        .case("to_depth", &by(2, false), &[&[2, 4, 6, 3]])
        .case("to_space", &by(2, true), &[&[2, 2, 3, 12]])
        .case("to_depth_words", &by(3, false), &[&[1, 3, 6, 4]])
        .case("to_space_words", &by(3, true), &[&[1, 1, 2, 36]])
        .case("one", &by(1, false), &[&[1, 2, 3, 2]])
        .finish()
}
