//! Conformance cases of functions of two numbers.

use super::Pairwise;
use super::table::ROWS;
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::common::binary::case;
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let shapes: [(&str, &[usize], &[usize]); 4] = [
        ("same_shape", &[3, 7], &[3, 7]),
        ("scalar_first", &[], &[5]),
        ("rows", &[2, 3, 4], &[3, 1]),
        ("alternating", &[2, 1, 3, 1, 2], &[1, 2, 1, 2, 1]),
    ];
    let mut cases = Vec::new();
    for row in ROWS {
        for &dtype in row.types {
            for (name, a, b) in shapes {
                let operand = |dims: &[usize]| match dtype {
                    DType::I8 if row.keeps_quantisation => int8(dims, 0.5, -3),
                    DType::I16 if row.keeps_quantisation => int16(dims, 0.5),
                    _ => plain(dtype, dims),
                };
                let operands = [operand(a), operand(b)];
                let output = operands[0].quant.clone();
                let name = format!("{}_{name}_{dtype}", row.name.to_lowercase());
                let op = Pairwise { function: row.function };
                cases.push(case(&name, op, operands, None, &output));
            }
        }
    }
    cases
}
