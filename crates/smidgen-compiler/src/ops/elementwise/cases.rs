//! Conformance cases of functions of one element.

use super::{Elementwise, Function as F};
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Data, Quant, Rounding, TensorType};

/// Functions that take floats.
const FLOATS: [F; 25] = [
    F::Abs,
    F::Ceil,
    F::Cos,
    F::Elu,
    F::Erf,
    F::Exp,
    F::Floor,
    F::Gelu { approximate: false },
    F::Gelu { approximate: true },
    F::HardSwish,
    F::LeakyRelu { alpha: -0.3 },
    F::Log,
    F::Logistic,
    F::Neg,
    F::Relu,
    F::Relu0To1,
    F::Relu6,
    F::ReluN1To1,
    F::Round,
    F::Rsqrt,
    F::Sign,
    F::Sin,
    F::Sqrt,
    F::Square,
    F::Tanh,
];

/// Numbers at which functions of floats change how they compute.
const EDGES: [f32; 39] = [
    0.0,
    -0.0,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    1e-40,
    -1e-45,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    8_388_607.5,
    -8_388_609.0,
    1e10,
    0.625,
    std::f32::consts::FRAC_PI_4,
    -0.785,
    std::f32::consts::FRAC_PI_2,
    -355.0,
    3.5e20,
    0.749,
    1.061,
    -14.2,
    14.3,
    -17.9,
    -18.1,
    -0.34,
    88.7,
    88.9,
    -103.5,
    -3.0,
    std::f32::consts::SQRT_2,
    std::f32::consts::FRAC_1_SQRT_2,
    4.0,
    6.000_000_5,
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = FLOATS.into_iter().map(float_case).collect();
    for dtype in [DType::I16, DType::I32, DType::I64, DType::Bool] {
        for function in [F::Abs, F::LogicalNot, F::Neg, F::Sign] {
            if super::integers::c_name(function, dtype).is_some() {
                let name = format!("{}_{dtype}", name(function));
                cases.push(case(&name, function, Rounding::Litert, plain(dtype, &[3, 5]), None));
            }
        }
    }
    for rounding in [Rounding::Tflm, Rounding::Litert] {
        cases.extend(quantised(rounding, "s8", |scale, zero| int8(&[5, 61], scale, zero)));
        cases.extend(quantised(rounding, "s16", |scale, _| int16(&[3, 5, 7], scale)));
    }
    cases
}

fn name(function: F) -> String {
    match function {
        F::Gelu { approximate: true } => "gelu_approximate".into(),
        _ => function.name().to_lowercase(),
    }
}

/// A scalar's function beside one of ordinary numbers and edges, which a constant holds.
fn float_case(function: F) -> Case {
    let ty = plain(DType::F32, &[EDGES.len()]);
    let op = Elementwise { function, rounding: Rounding::Tflm };
    let data = Some(Data::F32(EDGES.to_vec()));
    Case::new(&format!("{}_f32", name(function)), op, vec![(ty, data)], &[Quant::None])
}

/// Scale and zero point.
type Affine = (f32, i32);

/// Functions of quantised numbers, with input and output scales and zero points.
const QUANTISED: [(F, &str, Affine, Affine); 24] = [
    (F::Abs, "same", (0.05, -3), (0.05, -3)),
    (F::Abs, "finer", (0.05, 100), (0.03, -128)),
    (F::Elu, "", (0.03, 20), (0.02, -70)),
    (F::Exp, "", (0.01, 5), (0.02, -128)),
    (F::Gelu { approximate: false }, "", (0.03, -1), (0.02, -100)),
    (F::Gelu { approximate: true }, "", (0.03, -1), (0.02, -100)),
    (F::HardSwish, "", (0.05, -3), (0.04, -118)),
    (F::HardSwish, "coarse", (0.9, -3), (2.0, 127)),
    (F::LeakyRelu { alpha: 0.3 }, "", (0.05, -3), (0.03, 9)),
    (F::LeakyRelu { alpha: -1.5 }, "negative", (0.05, -3), (0.05, -3)),
    (F::Log, "", (0.01, -100), (0.03, 40)),
    (F::Logistic, "", (0.047, -1), (0.0, 0)),
    (F::Logistic, "coarsest", (4.0, 0), (0.0, 0)),
    (F::Neg, "", (0.05, 0), (0.05, 0)),
    (F::Relu, "nothing_to_do", (0.01, -128), (0.01, -128)),
    (F::Relu, "halves", (0.05, 1), (0.1, -2)),
    (F::Relu, "finer", (0.2, -128), (0.004, 127)),
    (F::Relu0To1, "", (0.05, 5), (0.03, -128)),
    (F::Relu6, "", (0.03, 5), (0.07, -128)),
    (F::ReluN1To1, "", (0.05, 5), (0.03, 10)),
    (F::Rsqrt, "", (0.02, -100), (0.05, -20)),
    (F::Sqrt, "", (0.02, -100), (0.013, -20)),
    (F::Tanh, "", (0.047, -1), (0.0, 0)),
    (F::Tanh, "power_of_two", (1.0 / 2048.0, 100), (0.0, 0)),
];

/// Cases of [`QUANTISED`] in a type that `operand` makes; a scale of 0 stands for the one that the
/// function demands.
fn quantised(
    rounding: Rounding,
    suffix: &str,
    operand: impl Fn(f32, i32) -> TensorType,
) -> Vec<Case> {
    let mut cases = Vec::new();
    for (function, variant, from, to) in QUANTISED {
        let dtype = operand(1.0, 0).dtype;
        let narrow = dtype == DType::I8;
        if !function.types().contains(&dtype) {
            continue;
        }
        // Ranges of int16 like those of int8.
        let finer = if narrow { 1.0 } else { 1.0 / 256.0 };
        let (scale, zero_point) = match (function, narrow) {
            (F::Logistic, true) => (1.0 / 256.0, -128),
            (F::Tanh, true) => (1.0 / 128.0, 0),
            (F::Logistic | F::Tanh, false) => (1.0 / 32768.0, 0),
            (_, true) => to,
            (_, false) => (to.0 * finer, 0),
        };
        let from_scale = if variant == "power_of_two" { from.0 } else { from.0 * finer };
        let quant = Quant::per_tensor(scale, zero_point).expect("the scale is positive");
        let name = format!("{}_{variant}_{rounding:?}_{suffix}", name(function)).to_lowercase();
        cases.push(case(&name, function, rounding, operand(from_scale, from.1), Some(quant)));
    }
    cases
}

fn case(name: &str, function: F, rounding: Rounding, ty: TensorType, quant: Option<Quant>) -> Case {
    let op = Elementwise { function, rounding };
    Case::new(name, op, vec![(ty, None)], &[quant.unwrap_or(Quant::None)])
}
