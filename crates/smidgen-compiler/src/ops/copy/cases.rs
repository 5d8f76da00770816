//! Conformance cases of `COPY`.

use super::Copy;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .case("of_an_input", &Copy, &[&[3, 5]])
        .case("of_a_word", &Copy, &[&[4]])
        .constant("of_a_constant", &Copy, &[&[3, 7]], 0)
        .case("of_a_scalar", &Copy, &[&[]])
        .finish()
}
