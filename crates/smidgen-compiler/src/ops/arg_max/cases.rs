//! Conformance cases of `ARG_MAX` and `ARG_MIN`.

use super::ArgMax;
use crate::ops::OpDef;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &dtype in ArgMax::TYPES {
        for least in [false, true] {
            cases.push(case("last", &[3, 9], 1, least, dtype, DType::I32));
            cases.push(case("middle", &[2, 5, 3], 1, least, dtype, DType::I64));
        }
    }
    cases.push(case("one", &[1], 0, false, DType::I8, DType::I32));
    cases.push(case("ties", &[2, 300], 1, true, DType::I8, DType::I32));
    cases
}

fn case(name: &str, dims: &[usize], axis: usize, least: bool, dtype: DType, index: DType) -> Case {
    let x = if dtype == DType::I8 { int8(dims, 0.05, -17) } else { plain(dtype, dims) };
    let op = ArgMax { axis, least, index };
    let name = format!("{name}_{}_{dtype}", op.name());
    Case::new(&name, op, vec![(x, None)], &[Quant::None])
}
