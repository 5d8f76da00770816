//! Conformance cases of `LOCAL_RESPONSE_NORMALIZATION`.

use super::LocalResponseNormalization;
use crate::ops::case::{Case, plain};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("usual", &[1, 3, 2, 9], 2, 1.0, 1e-4, 0.75),
        case("wide", &[2, 5], 100, 0.5, 0.7, 0.5),
        case("alone", &[3, 4], 0, 2.0, 1.0, 1.0),
        case("growing", &[7], 1, 1.0, 0.3, -0.4),
    ]
}

fn case(name: &str, dims: &[usize], radius: usize, bias: f32, alpha: f32, beta: f32) -> Case {
    let op = LocalResponseNormalization { radius, bias, alpha, beta };
    Case::new(name, op, vec![(plain(DType::F32, dims), None)], &[Quant::None])
}
