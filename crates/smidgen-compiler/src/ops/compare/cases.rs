//! Conformance cases of comparisons.

use super::{Compare, ROWS};
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::common::binary::case;
use crate::tensor::{DType, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for row in ROWS {
        let mut add = |name: &str, operands: [TensorType; 2]| {
            let name = format!("{}_{name}", row.name.to_lowercase());
            let op = Compare { relation: row.relation };
            cases.push(case(&name, op, operands, None, &Quant::None));
        };
        for &dtype in row.relation.types() {
            let operand = |dims: &[usize]| match dtype {
                DType::I8 => int8(dims, 0.05, 4),
                DType::I16 => int16(dims, 0.001),
                _ => plain(dtype, dims),
            };
            add(&format!("same_shape_{dtype}"), [operand(&[97]), operand(&[97])]);
            add(&format!("rows_{dtype}"), [operand(&[2, 3, 5]), operand(&[3, 1])]);
        }
        add("scales_int8", [int8(&[97], 0.05, 4), int8(&[97], 0.07, -4)]);
        add("coarse_scales_int8", [int8(&[97], 1.5, 4), int8(&[97], 20.0, -4)]);
        add("zero_points_int8", [int8(&[97], 0.5, 127), int8(&[97], 0.5, -128)]);
        if row.relation.is_equality() {
            add("scales_int16", [int16(&[97], 0.01), int16(&[97], 1e-5)]);
        }
    }
    cases
}
