//! Conformance cases of `WHERE`.

use super::Where;
use crate::ops::OpDef;
use crate::ops::case::{Case, plain};
use crate::tensor::{DType, Data, Quant};

pub(crate) fn cases() -> Vec<Case> {
    // Numbers whose first byte is zero where the type has more.
    let data = |dtype| match dtype {
        DType::I8 => Data::I8(vec![0, -1, -128, 0, 0, 1]),
        DType::U8 => Data::U8(vec![0, 200, 128, 0, 0, 1]),
        DType::I32 => Data::I32(vec![0, -256, 256, 0, 0, 1]),
        DType::I64 => Data::I64(vec![0, 1 << 40, -1, 0, 0, 1]),
        DType::F32 => Data::F32(vec![0.0, 0.5, -1e-30, -0.0, 0.0, 1.0]),
        _ => Data::Bool(vec![false, true, true, false, false, true]),
    };
    let case = |name: &str, dtype, dims: &[usize]| {
        let input = (plain(dtype, dims), Some(data(dtype)));
        Case::new(&format!("{name}_{dtype}"), Where { count: 3 }, vec![input], &[Quant::None])
    };
    let mut cases: Vec<_> =
        Where::TYPES.iter().map(|&dtype| case("matrix", dtype, &[2, 3])).collect();
    cases.push(case("vector", DType::Bool, &[6]));
    cases
}
