//! Conformance cases of `LOGISTIC`.

use super::Logistic;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant, Rounding};

pub(crate) fn cases() -> Vec<Case> {
    let op = Logistic { rounding: Rounding::Tflm };
    let float = |name, dims: &[usize]| {
        Case::new(name, op.clone(), vec![(plain(DType::F32, dims), None)], &[Quant::None])
    };
    vec![
        int8_case("usual_scale", Rounding::Tflm, (0.047, -1)),
        int8_case("usual_scale_in_float", Rounding::Litert, (0.047, -1)),
        int8_case("fine_scale", Rounding::Tflm, (1e-4, 127)),
        int8_case("coarse_scale", Rounding::Tflm, (1.7, 3)),
        int8_case("coarsest_scale", Rounding::Tflm, (30.0, 0)),
        float("float", &[2, 3, 5]),
        float("float_scalar", &[]),
    ]
}

fn int8_case(name: &str, rounding: Rounding, from: (f32, i32)) -> Case {
    let (scale, zero_point) = (1.0 / 256.0, -128);
    let quant = Quant::per_tensor(scale, zero_point).expect("the scale is positive");
    let op = Logistic { rounding };
    Case::new(name, op, vec![(int8(&[3, 97], from.0, from.1), None)], &[quant])
}
