//! Conformance cases of `SCATTER_ND`.

use super::ScatterNd;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::{DType, Shape};

pub(crate) fn cases() -> Vec<Case> {
    let into = |dims: &[usize]| ScatterNd { shape: Shape::new(dims).expect("the case is legal") };
    Cases::new()
        .at("collisions", &into(&[3, 2]), &[&[4, 2]], (&[1, 1, 0, 1], &[4, 1]))
        .at("elements", &into(&[2, 3]), &[&[3]], (&[1, 2, 0, 0, 1, 0], &[3, 2]))
        .indexed("run_time", &into(&[3, 2, 2]), &[&[4, 2]], (DType::I32, &[4, 2]))
        .indexed("run_time_64", &into(&[5]), &[&[2, 3]], (DType::I64, &[2, 3, 1]))
        .finish()
}
