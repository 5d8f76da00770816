//! Conformance cases of `PACK`.

use super::Pack;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .case("scalars", &Pack { axis: 0 }, &[&[], &[], &[]])
        .case("first", &Pack { axis: 0 }, &[&[5], &[5]])
        .case("last", &Pack { axis: 1 }, &[&[5], &[5], &[5]])
        .case("middle", &Pack { axis: 1 }, &[&[3, 2], &[3, 2]])
        .case("words", &Pack { axis: 1 }, &[&[3, 2, 4], &[3, 2, 4], &[3, 2, 4]])
        .case("one_value", &Pack { axis: 0 }, &[&[2, 3]])
        .case("rank_8", &Pack { axis: 3 }, &[&[2, 1, 2, 1, 3, 1, 2], &[2, 1, 2, 1, 3, 1, 2]])
        .constant("with_a_constant", &Pack { axis: 1 }, &[&[2, 3], &[2, 3], &[2, 3]], 1)
        .finish()
}
