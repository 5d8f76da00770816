//! Conformance cases of `RELU`.

use super::Relu;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant, Rounding};

pub(crate) fn cases() -> Vec<Case> {
    let float = Case::new(
        "float",
        op(Rounding::Tflm),
        vec![(plain(DType::F32, &[3, 7]), None)],
        &[Quant::None],
    );
    vec![
        int8_case("same_quantisation", Rounding::Tflm, (0.05, -3), (0.05, -3)),
        int8_case("nothing_to_do", Rounding::Tflm, (0.01, -128), (0.01, -128)),
        int8_case("coarser_output", Rounding::Tflm, (0.03, 5), (0.07, -128)),
        int8_case("finer_output", Rounding::Litert, (0.2, -128), (0.004, 127)),
        int8_case("halves", Rounding::Tflm, (0.05, 1), (0.1, -2)),
        int8_case("halves_litert", Rounding::Litert, (0.05, 1), (0.1, -2)),
        float,
    ]
}

fn op(rounding: Rounding) -> Relu {
    Relu { rounding }
}

fn int8_case(name: &str, rounding: Rounding, from: (f32, i32), to: (f32, i32)) -> Case {
    let quant = Quant::per_tensor(to.0, to.1).expect("the scale is positive");
    Case::new(name, op(rounding), vec![(int8(&[5, 61], from.0, from.1), None)], &[quant])
}
