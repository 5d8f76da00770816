//! Conformance cases of `DIV`.

use super::Div;
use crate::ops::Activation;
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::common::binary::case;
use crate::tensor::{DType, Quant, Rounding};

pub(crate) fn cases() -> Vec<Case> {
    let make = |activation| Div { activation, rounding: Rounding::Tflm };
    let (none, relu6) = (make(Activation::None), make(Activation::Relu6));
    let quant = |scale, zero_point| Quant::per_tensor(scale, zero_point).expect("it is positive");
    let int8s = [int8(&[31, 9], 0.05, 7), int8(&[31, 9], 0.04, -9)];
    let rows = [int8(&[4, 9], 0.05, -128), int8(&[4, 1], 0.04, 127)];
    let int16s = [int16(&[31, 9], 0.001), int16(&[9], 0.004)];
    let plain = |dtype| [plain(dtype, &[3, 5]), plain(dtype, &[5])];
    vec![
        case("same_shape_s8", none.clone(), int8s.clone(), None, &quant(0.05, 3)),
        case("fine_s8", none.clone(), int8s.clone(), None, &quant(1e-6, 3)),
        case("coarse_s8", relu6.clone(), int8s, None, &quant(10.0, 3)),
        case("constant_s8", none.clone(), rows.clone(), Some(1), &quant(0.1, 5)),
        case(
            "number_s8",
            none.clone(),
            [rows[0].clone(), int8(&[], 0.1, 3)],
            Some(1),
            &quant(0.1, 5),
        ),
        case("rows_s8", relu6.clone(), rows, None, &quant(0.1, 5)),
        case("rows_s16", none.clone(), int16s.clone(), None, &quant(1e-4, 0)),
        case("clamped_s16", relu6.clone(), int16s, None, &quant(0.001, 0)),
        case("rows_s32", none.clone(), plain(DType::I32), None, &Quant::None),
        case("clamped_s32", relu6.clone(), plain(DType::I32), None, &Quant::None),
        case("rows_f32", none, plain(DType::F32), None, &Quant::None),
        case("clamped_f32", relu6, plain(DType::F32), None, &Quant::None),
    ]
}
