//! Conformance cases of `SOFTMAX`.

use super::Softmax;
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let float = |dims: &[usize]| plain(DType::F32, dims);
    vec![
        case("classes_12", int8(&[1, 12], 0.17, 30), 1.0),
        case("one_class", int8(&[4, 1], 0.1, 0), 1.0),
        case("rank_1", int8(&[7], 0.05, -5), 1.0),
        case("rank_4", int8(&[2, 3, 2, 5], 0.05, -5), 0.5),
        case("fine_scale", int8(&[3, 300], 1e-4, 0), 1.0),
        case("finest_scale", int8(&[2, 700], 1e-7, 0), 1.0),
        case("coarse_scale", int8(&[5, 9], 3.0, 0), 2.5),
        case("coarsest_scale", int8(&[5, 9], 30.0, 0), 1.0),
        case("int16_classes", int16(&[2, 12], 0.0005), 1.0),
        case("int16_one_class", int16(&[3, 1], 0.1), 1.0),
        case("int16_rank_4", int16(&[1, 2, 2, 300], 1e-4), 2.5),
        case("int16_coarse_scale", int16(&[5, 9], 2.0), 1.0),
        case_of("int16_in_double", int16(&[7, 30], 0.0003), 1.0, Rounding::Litert),
        case("float_classes", float(&[2, 10]), 1.0),
        case("float_one_class", float(&[3, 1]), 1.0),
        case("float_rank_3", float(&[2, 2, 3]), 20.0),
        single("classes", &[4, 10], 0.1, (1.0 / 256.0, -128)),
        single("one_class", &[3, 1], 0.1, (1.0 / 256.0, -128)),
        single("other_scale", &[5, 33], 0.03, (0.0021, -120)),
        single("coarse_scale", &[5, 300], 3.0, (1.0 / 255.0, -128)),
        single("finest_scale", &[2, 700], 1e-6, (1e-5, 0)),
    ]
}

/// In single precision.
fn single(name: &str, dims: &[usize], scale: f32, output: (f32, i32)) -> Case {
    let op = Softmax { beta: 1.0, rounding: Rounding::Onnx };
    let quant = int8(&[], output.0, output.1).quant;
    Case::new(&format!("single_{name}"), op, vec![(int8(dims, scale, 3), None)], &[quant])
}

fn case(name: &str, ty: TensorType, beta: f32) -> Case {
    case_of(name, ty, beta, Rounding::Tflm)
}

fn case_of(name: &str, ty: TensorType, beta: f32, rounding: Rounding) -> Case {
    let quant = match ty.dtype {
        DType::I8 => Quant::per_tensor(1.0 / 256.0, -128).expect("the scale is positive"),
        DType::I16 => Quant::per_tensor(1.0 / 32768.0, 0).expect("the scale is positive"),
        _ => Quant::None,
    };
    Case::new(name, Softmax { beta, rounding }, vec![(ty, None)], &[quant])
}
