//! Conformance cases of `SELECT` and `SELECT_V2`.

use super::Select;
use crate::ops::OpDef;
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let shapes: [(&str, bool, [&[usize]; 3]); 5] = [
        ("same_shape", false, [&[3, 7], &[3, 7], &[3, 7]]),
        ("scalar", false, [&[3, 7], &[7], &[]]),
        ("slices", true, [&[3, 7], &[3, 7], &[3]]),
        ("numbers", false, [&[], &[], &[5]]),
        ("alternating", false, [&[2, 1, 3, 1], &[2, 1, 5], &[3, 1]]),
    ];
    let mut cases = Vec::new();
    for &dtype in Select::TYPES {
        for (name, slices, [a, b, condition]) in shapes {
            let operand = |dims: &[usize]| match dtype {
                DType::I8 => int8(dims, 0.5, -3),
                DType::I16 => int16(dims, 0.5),
                _ => plain(dtype, dims),
            };
            let types = [operand(a), operand(b), plain(DType::Bool, condition)];
            let quant = types[0].quant.clone();
            let inputs = types.map(|ty| (ty, None)).to_vec();
            cases.push(Case::new(&format!("{name}_{dtype}"), Select { slices }, inputs, &[quant]));
        }
    }
    cases
}
