//! Conformance cases of `CUMSUM`.

use super::Cumsum;
use crate::ops::OpDef;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &dtype in Cumsum::TYPES {
        for (exclusive, reverse) in [(false, false), (true, false), (false, true), (true, true)] {
            let name = format!("middle_{dtype}_{exclusive}_{reverse}");
            cases.push(case(&name, &[2, 5, 3], 1, exclusive, reverse, dtype, 0.31));
        }
        cases.push(case(&format!("one_{dtype}"), &[3, 1], 1, true, false, dtype, 0.31));
    }
    cases.push(case("beyond_the_oracle", &[2, 900], 1, false, false, DType::I8, 20.0));
    cases.push(case("fine_output", &[3, 7], 1, false, true, DType::I8, 0.001));
    cases
}

fn case(
    name: &str,
    dims: &[usize],
    axis: usize,
    exclusive: bool,
    reverse: bool,
    dtype: DType,
    scale: f32,
) -> Case {
    let (x, quant) = match dtype {
        DType::I8 => (int8(dims, 0.05, -17), int8(&[], scale, 9).quant),
        _ => (plain(dtype, dims), Quant::None),
    };
    Case::new(name, Cumsum { axis, exclusive, reverse }, vec![(x, None)], &[quant])
}
