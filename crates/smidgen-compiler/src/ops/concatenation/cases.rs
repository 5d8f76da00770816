//! Conformance cases of `CONCATENATION`.

use super::Concatenation;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .case("vectors", &Concatenation { axis: 0 }, &[&[3], &[5]])
        .case("first", &Concatenation { axis: 0 }, &[&[1, 3], &[2, 3], &[3, 3]])
        .case("last", &Concatenation { axis: 1 }, &[&[2, 3], &[2, 1], &[2, 4]])
        .case("middle", &Concatenation { axis: 1 }, &[&[2, 1, 3], &[2, 3, 3]])
        .case("channels", &Concatenation { axis: 3 }, &[&[1, 4, 3, 8], &[1, 4, 3, 4]])
        .case("odd_channels", &Concatenation { axis: 3 }, &[&[1, 2, 3, 2], &[1, 2, 3, 5]])
        .case("one_operand", &Concatenation { axis: 1 }, &[&[2, 3]])
        .case(
            "rank_8",
            &Concatenation { axis: 4 },
            &[&[1, 2, 1, 2, 1, 2, 1, 3], &[1, 2, 1, 2, 2, 2, 1, 3]],
        )
        .constant("with_a_constant", &Concatenation { axis: 1 }, &[&[2, 3], &[2, 5]], 1)
        .constant("with_an_aligned_constant", &Concatenation { axis: 0 }, &[&[2, 4], &[3, 4]], 0)
        .finish()
}
