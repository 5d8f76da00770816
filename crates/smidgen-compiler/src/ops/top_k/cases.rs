//! Conformance cases of `TOPK_V2`.

use super::TopK;
use crate::ops::OpDef;
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &dtype in TopK::TYPES {
        cases.push(case("some", &[3, 9], 4, dtype, DType::I32));
        cases.push(case("all", &[2, 2, 5], 5, dtype, DType::I16));
        cases.push(case("one", &[7], 1, dtype, DType::I32));
    }
    cases.push(case("ties", &[2, 300], 20, DType::I8, DType::I16));
    cases
}

fn case(name: &str, dims: &[usize], k: usize, dtype: DType, index: DType) -> Case {
    let x = match dtype {
        DType::I8 => int8(dims, 0.05, -17),
        DType::I16 => int16(dims, 0.05),
        _ => plain(dtype, dims),
    };
    let quants = [x.quant.clone(), Quant::None];
    Case::new(&format!("{name}_{dtype}"), TopK { k, index }, vec![(x, None)], &quants)
}
