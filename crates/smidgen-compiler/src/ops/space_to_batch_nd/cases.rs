//! Conformance cases of `SPACE_TO_BATCH_ND`.

use super::SpaceToBatchNd;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::{DType, Data};

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .with("padded", pad(&[2, 3], &[[1, 0], [2, 3]]), &[&[1, 5, 4, 2]], None)
        .with("cropped", crop(&[2, 3], &[[1, 0], [2, 3]]), &[&[6, 3, 3, 2]], None)
        .with("whole", pad(&[2, 2], &[[0, 0], [0, 0]]), &[&[2, 4, 6, 4]], None)
        .with("vector", pad(&[3], &[[2, 2]]), &[&[2, 5, 3]], None)
        .with("large_block", pad(&[4, 4], &[[4, 6], [4, 5]]), &[&[1, 2, 3, 2]], None)
        .with("large_crop", crop(&[4, 4], &[[0, 6], [3, 2]]), &[&[16, 3, 3, 1]], None)
        .with("three_axes", pad(&[2, 2, 2], &[[1, 0], [0, 1], [1, 1]]), &[&[2, 3, 1, 2, 3]], None)
        .finish()
}

fn pad(block: &[usize], edges: &[[usize; 2]]) -> impl Fn(DType) -> SpaceToBatchNd {
    let (block, edges) = (block.to_vec(), edges.to_vec());
    move |dtype| SpaceToBatchNd {
        block: block.clone(),
        edges: edges.clone(),
        padding: Data::of_integer(dtype, 1),
    }
}

fn crop(block: &[usize], edges: &[[usize; 2]]) -> impl Fn(DType) -> SpaceToBatchNd {
    let op = SpaceToBatchNd { block: block.to_vec(), edges: edges.to_vec(), padding: None };
    move |_| op.clone()
}
