//! Conformance cases of `SQUARED_DIFFERENCE`.

use super::SquaredDifference;
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::common::binary::case;
use crate::tensor::{DType, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let quant = |scale, zero_point| Quant::per_tensor(scale, zero_point).expect("it is positive");
    let make = |name: &str, operands: [TensorType; 2], constant, output: Quant| {
        case(name, SquaredDifference, operands, constant, &output)
    };
    let int8s = [int8(&[31, 9], 0.05, 7), int8(&[31, 9], 0.04, -9)];
    let rows = [int8(&[4, 9], 0.05, -128), int8(&[4, 1], 0.04, 127)];
    let number = [rows[0].clone(), int8(&[], 0.1, 3)];
    let plain = |dtype| [plain(dtype, &[3, 5]), plain(dtype, &[5])];
    vec![
        make("same_shape_s8", int8s.clone(), None, quant(0.4, -128)),
        make("fine_s8", int8s, None, quant(1e-4, 3)),
        make("rows_s8", rows, None, quant(1.5, -100)),
        make("number_s8", number, Some(1), quant(0.8, -128)),
        make("rows_s16", [int16(&[7, 9], 0.001), int16(&[9], 0.0007)], None, quant(0.03, 0)),
        make("fine_s16", [int16(&[9], 1.0), int16(&[9], 1e-5)], None, quant(0.01, 0)),
        make("rows_s32", plain(DType::I32), None, Quant::None),
        make("rows_f32", plain(DType::F32), None, Quant::None),
    ]
}
