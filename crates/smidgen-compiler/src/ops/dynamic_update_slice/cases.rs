//! Conformance cases of `DYNAMIC_UPDATE_SLICE`.

use super::DynamicUpdateSlice;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let op = DynamicUpdateSlice;
    Cases::new()
        .indexed("matrix", &op, &[&[5, 4], &[2, 3]], (DType::I32, &[2]))
        .indexed("rows", &op, &[&[6, 8], &[1, 8]], (DType::I64, &[2]))
        .indexed("whole", &op, &[&[3, 4], &[3, 4]], (DType::I32, &[2]))
        .indexed("rank_8", &op, &[&[2; 8], &[1, 2, 1, 2, 1, 2, 1, 1]], (DType::I64, &[8]))
        .at("at", &op, &[&[5, 4], &[2, 3]], (&[2, 1], &[2]))
        .finish()
}
