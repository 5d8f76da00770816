//! Conformance cases of `SLICE`.

use super::{Cut, Number, Slice};
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::{DType, Shape};

pub(crate) fn cases() -> Vec<Case> {
    let of = |cuts: &[(usize, isize, usize)]| Slice {
        cuts: cuts.iter().map(|&(start, step, count)| Cut { start, step, count }).collect(),
        shape: Shape::new(cuts.iter().map(|cut| cut.2).collect::<Vec<_>>()).expect("legal"),
        moved: None,
    };
    let start = |axis, wraps| Number::Start { axis, wraps };
    let row = Slice {
        shape: Shape::new([3]).expect("the case is legal"),
        moved: Some(vec![start(0, true), Number::Ignored]),
        ..of(&[(0, 1, 1), (2, -1, 3)])
    };
    let at =
        |cuts| Slice { moved: Some((0..2).map(|axis| start(axis, false)).collect()), ..of(cuts) };
    Cases::new()
        .case("rows", &of(&[(1, 1, 3), (0, 1, 4)]), &[&[5, 4]])
        .case("backwards", &of(&[(3, -1, 4), (4, -2, 2)]), &[&[4, 6]])
        .case("backwards_words", &of(&[(3, -1, 4), (0, 1, 8)]), &[&[4, 8]])
        .case("steps", &of(&[(0, 2, 2), (1, 3, 2), (0, 1, 2)]), &[&[3, 5, 2]])
        .case("one", &of(&[(2, 1, 1), (1, 1, 1)]), &[&[3, 4]])
        .case("backwards_rank_8", &of(&[(1, -1, 2); 8]), &[&[2; 8]])
        .indexed("run_time", &at(&[(0, 1, 2), (0, 1, 3)]), &[&[4, 5]], (DType::I32, &[2]))
        .indexed("run_time_words", &at(&[(0, 1, 2), (0, 1, 8)]), &[&[4, 8]], (DType::I64, &[2]))
        .indexed("run_time_row", &row, &[&[4, 3]], (DType::I32, &[2]))
        .at("constant_row", &row, &[&[4, 3]], (&[-2, 9], &[2]))
        .finish()
}
