//! Conformance cases of `REVERSE_SEQUENCE`.

use super::ReverseSequence;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let along = |sequence, batch| ReverseSequence { sequence, batch };
    Cases::new()
        .at("rows", &along(1, 0), &[&[4, 5]], (&[0, 2, 5, 9], &[4]))
        .at("columns", &along(0, 1), &[&[5, 3]], (&[4, -1, 3], &[3]))
        .at("apart", &along(0, 2), &[&[4, 2, 3, 2]], (&[4, 3, 1], &[3]))
        .at("batch_first", &along(3, 1), &[&[2, 3, 2, 4, 4]], (&[4, 3, 1], &[3]))
        .indexed("run_time", &along(1, 0), &[&[4, 3, 2]], (DType::I64, &[4]))
        .indexed("run_time_32", &along(0, 1), &[&[3, 4]], (DType::I32, &[4]))
        .finish()
}
