//! Conformance cases of `BATCH_MATMUL`.

use super::BatchMatmul;
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let constant = |case: Case| {
        let mut case = case;
        let (ty, data) = &mut case.inputs[1];
        *data = Some(Random::new(9).data(ty.dtype, ty.shape.elements()));
        case.name.push_str("_constant");
        case
    };
    let broadcast = ([2, 1, 3, 5].as_slice(), [4, 5, 7].as_slice());
    [DType::I8, DType::I16, DType::F32]
        .into_iter()
        .flat_map(|dtype| {
            [
                case("matrices", dtype, (&[3, 5], &[5, 9]), [false, false]),
                case("swapped", dtype, (&[2, 5, 3], &[2, 6, 5]), [true, true]),
                case("broadcast", dtype, broadcast, [false, false]),
                constant(case("one_for_all", dtype, (&[3, 2, 4], &[4, 4]), [false, true])),
            ]
        })
        .chain([extremes(), single()])
        .collect()
}

fn quantised(dtype: DType, dims: &[usize], scale: f32, zero_point: i32) -> TensorType {
    match dtype {
        DType::I8 => int8(dims, scale, zero_point),
        DType::I16 => int16(dims, scale / 64.0),
        _ => plain(dtype, dims),
    }
}

fn case(name: &str, dtype: DType, dims: (&[usize], &[usize]), swapped: [bool; 2]) -> Case {
    let inputs = vec![
        (quantised(dtype, dims.0, 0.05, -17), None),
        (quantised(dtype, dims.1, 0.03, 9), None),
    ];
    let quant = quantised(dtype, &[], 0.4, 5).quant;
    Case::new(
        &format!("{name}_{dtype}"),
        BatchMatmul { swapped, rounding: Rounding::Tflm },
        inputs,
        &[quant],
    )
}

/// Sums in single precision, many of which are halves.
fn single() -> Case {
    let inputs = vec![(int8(&[7, 9], 0.5, 3), None), (int8(&[9, 8], 0.25, -8), None)];
    let op = BatchMatmul { swapped: [false, false], rounding: Rounding::Onnx };
    Case::new("single_s8", op, inputs, &[int8(&[], 4.0, 5).quant])
}

/// A shift to the left.
fn extremes() -> Case {
    let inputs = vec![(int8(&[2, 30], 1.0, 127), None), (int8(&[30, 5], 1.0, -128), None)];
    let quant = Quant::per_tensor(0.01, -128).expect("the scale is positive");
    Case::new(
        "left_shift",
        BatchMatmul { swapped: [false, false], rounding: Rounding::Litert },
        inputs,
        &[quant],
    )
}
