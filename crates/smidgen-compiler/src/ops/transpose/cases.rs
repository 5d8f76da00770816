//! Conformance cases of `TRANSPOSE`.

use super::Transpose;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;

pub(crate) fn cases() -> Vec<Case> {
    let by = |axes: &[usize]| Transpose { permutation: axes.to_vec() };
    Cases::new()
        .case("identity", &by(&[0, 1]), &[&[3, 5]])
        .case("matrix", &by(&[1, 0]), &[&[7, 5]])
        .case("moves_only_ones", &by(&[1, 0, 3, 2]), &[&[1, 5, 1, 3]])
        .case("wide_matrix", &by(&[1, 0]), &[&[4, 32]])
        .case("channels_first", &by(&[0, 3, 1, 2]), &[&[2, 3, 5, 4]])
        .case("channels_last", &by(&[0, 2, 3, 1]), &[&[1, 6, 4, 4]])
        .case("rows_of_words", &by(&[1, 0, 2]), &[&[3, 4, 8]])
        .case("rows_of_half_words", &by(&[1, 0, 2]), &[&[3, 4, 6]])
        .case("reverse", &by(&[3, 2, 1, 0]), &[&[2, 3, 4, 5]])
        .case("rank_5", &by(&[4, 2, 0, 3, 1]), &[&[2, 3, 1, 2, 3]])
        .case("rank_8", &by(&[7, 6, 5, 4, 3, 2, 1, 0]), &[&[2, 3, 2, 2, 2, 2, 3, 2]])
        .case("rank_8_again", &by(&[7, 5, 6, 4, 3, 1, 2, 0]), &[&[2, 2, 2, 2, 2, 2, 2, 2]])
        .case("rank_8_swaps", &by(&[1, 0, 3, 2, 5, 4, 7, 6]), &[&[2, 2, 2, 2, 2, 2, 3, 2]])
        .case("scalar", &by(&[]), &[&[]])
        .finish()
}
