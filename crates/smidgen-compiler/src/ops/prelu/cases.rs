//! Conformance cases of `PRELU`.

use super::Prelu;
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::common::binary::case;
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let quant = |scale, zero_point| Quant::per_tensor(scale, zero_point).expect("it is positive");
    let make = |name: &str, operands: [TensorType; 2], constant, output: Quant| {
        let op = Prelu { rounding: Rounding::Tflm };
        case(name, op, operands, constant, &output)
    };
    let channels = [int8(&[3, 5, 7], 0.05, 7), int8(&[7], 0.01, -9)];
    let number = [int8(&[3, 5, 7], 0.05, 7), int8(&[1, 1], 0.01, -9)];
    let same = [int8(&[31, 9], 0.05, -128), int8(&[31, 9], 0.04, 127)];
    let floats = [plain(DType::F32, &[3, 5]), plain(DType::F32, &[5])];
    vec![
        make("channels_s8", channels.clone(), None, quant(0.05, 7)),
        make("constant_channels_s8", channels, Some(1), quant(0.04, 3)),
        make("number_s8", number, Some(1), quant(0.05, -20)),
        make("same_shape_s8", same, None, quant(0.001, -128)),
        make("channels_s16", [int16(&[7, 9], 0.001), int8(&[9], 0.007, 3)], None, quant(0.001, 0)),
        make("fine_s16", [int16(&[9], 1.0), int8(&[9], 0.1, -128)], Some(1), quant(0.01, 0)),
        make("channels_f32", floats, None, Quant::None),
    ]
}
