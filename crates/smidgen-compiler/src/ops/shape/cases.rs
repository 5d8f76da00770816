//! Conformance cases of `SHAPE`.

use super::Shape;
use crate::ops::case::Case;
use crate::ops::common::movement::TYPES;
use crate::ops::common::movement::cases::tensor;
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let case = |name: &str, op, dtype, dims: &[usize]| {
        Case::new(&format!("{name}_{dtype}"), op, vec![(tensor(dtype, dims), None)], &[Quant::None])
    };
    let narrow = Shape::Dimensions { wide: false };
    let mut cases: Vec<_> =
        TYPES.iter().map(|&dtype| case("dimensions", narrow, dtype, &[2, 3, 1, 4])).collect();
    cases.push(case("wide", Shape::Dimensions { wide: true }, DType::I8, &[3, 5]));
    cases.push(case("rank", Shape::Rank, DType::I8, &[3, 5]));
    cases
}
