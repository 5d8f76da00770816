//! Conformance cases of `UNPACK`.

use super::Unpack;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .case("to_scalars", &Unpack { axis: 0, count: 3 }, &[&[3]])
        .case("first", &Unpack { axis: 0, count: 2 }, &[&[2, 5]])
        .case("last", &Unpack { axis: 1, count: 3 }, &[&[5, 3]])
        .case("middle", &Unpack { axis: 1, count: 2 }, &[&[3, 2, 4]])
        .case("words", &Unpack { axis: 1, count: 2 }, &[&[2, 2, 8]])
        .case("one_value", &Unpack { axis: 0, count: 1 }, &[&[1, 4]])
        .case("rank_8", &Unpack { axis: 4, count: 3 }, &[&[1, 2, 1, 2, 3, 2, 1, 2]])
        .finish()
}
