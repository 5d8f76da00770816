//! Conformance cases of `QUANTIZE`.

use super::Quantize;
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let float = plain(DType::F32, &[3, 5, 7]);
    let bytes = |scale, zero_point| int8(&[299], scale, zero_point);
    let words = |scale| int16(&[7, 41], scale);
    let wide = |scale, zero_point| TensorType {
        quant: Quant::per_tensor(scale, zero_point).expect("the scale is positive"),
        ..plain(DType::I32, &[77])
    };
    let (i8, i16, i32) = (DType::I8, DType::I16, DType::I32);
    vec![
        case("float", float.clone(), i8, (0.007, 3)),
        case("float_power_of_two", float.clone(), i8, (1.0 / 128.0, 0)),
        case("float_saturating", float.clone(), i8, (1e-5, -128)),
        case("float_coarse", float.clone(), i8, (10.0, 127)),
        case("float_to_int16", float.clone(), i16, (3.1e-5, 0)),
        case("float_to_int16_saturating", float, i16, (1e-9, 0)),
        case("same", bytes(0.05, 3), i8, (0.05, 3)),
        case("other_zero_point", bytes(0.05, 3), i8, (0.05, -100)),
        case("coarser", bytes(0.05, 3), i8, (0.3, -10)),
        case("halves", bytes(0.05, 0), i8, (0.1, 0)),
        case("finer", bytes(0.5, 3), i8, (0.003, 1)),
        case("int8_to_int16", bytes(0.05, 3), i16, (0.0002, 0)),
        case("int8_to_int32", bytes(0.05, 3), i32, (1e-6, 77)),
        case("int16_to_int8", words(0.0002), i8, (0.05, -7)),
        case("int16", words(0.0002), i16, (0.00015, 0)),
        case("int16_halves", words(0.0002), i16, (0.0004, 0)),
        case("int16_to_int32", words(0.0002), i32, (1e-7, -5)),
        case("int32_to_int8", wide(0.003, 40), i8, (0.02, 9)),
        case("int32_to_int8_highest", wide(1e-9, 0), i8, (0.0165, 0)),
        case("int32_to_int8_wrapping", wide(0.01, i32::MIN), i8, (0.3, 9)),
        case_of("float_even", Rounding::Onnx, plain(DType::F32, &[77]), i8, (0.25, -3)),
        case_of("halves_even", Rounding::Onnx, bytes(0.05, 0), i8, (0.1, 1)),
        case("int32_to_int16", wide(0.003, 0), i16, (0.0002, 0)),
    ]
}

fn case(name: &str, from: TensorType, dtype: DType, to: (f32, i32)) -> Case {
    case_of(name, Rounding::Tflm, from, dtype, to)
}

fn case_of(
    name: &str,
    rounding: Rounding,
    from: TensorType,
    to: DType,
    output: (f32, i32),
) -> Case {
    let quant = Quant::per_tensor(output.0, output.1).expect("the scale is positive");
    Case::new(name, Quantize { to, rounding }, vec![(from, None)], &[quant])
}
