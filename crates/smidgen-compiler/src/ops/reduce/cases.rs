//! Conformance cases of the reductions.

use super::{Function, Reduce};
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    use Function::{All, Any, Max, Mean, Min, Product, Sum};
    let mut cases = Vec::new();
    for function in [Mean, Sum, Max, Min, Product, Any, All] {
        for &dtype in function.types() {
            cases.push(case("planes", function, dtype, &[2, 3, 5, 4], &[1, 2]));
            cases.push(case("last", function, dtype, &[3, 7], &[1]));
            cases.push(case("alternating", function, dtype, &[2, 3, 1, 2, 3, 2], &[0, 3, 5]));
        }
    }
    let deep = [2, 2, 3, 2, 2, 1, 2, 2];
    for dtype in [DType::I8, DType::I16, DType::F32, DType::I64] {
        cases.push(case("none", Mean, dtype, &[5], &[]));
        cases.push(case("everything", Sum, dtype, &[3, 5, 2], &[0, 1, 2]));
        cases.push(case("deep", Product, dtype, &deep, &[1, 3, 6]));
        cases.push(case("deep_outside", Max, dtype, &deep, &[0, 2, 4, 7]));
    }
    cases.push(case("scalar", Max, DType::I8, &[], &[]));
    cases.push(case("many", Mean, DType::I8, &[2, 31, 33, 3], &[1, 2]));
    for (name, function, scale) in
        [("usual", Mean, 0.0219), ("halves", Mean, 0.5), ("sum", Sum, 3.0)]
    {
        let op = Reduce { function, axes: vec![0, 2], keep_dims: true, rounding: Rounding::Onnx };
        let inputs = vec![(int8(&[2, 77, 4], 0.25, -17), None)];
        cases.push(Case::new(
            &format!("single_{name}_s8"),
            op,
            inputs,
            &[int8(&[], scale, 9).quant],
        ));
    }
    cases
}

fn case(name: &str, function: Function, dtype: DType, dims: &[usize], axes: &[usize]) -> Case {
    let keep_dims = dims.len().is_multiple_of(2);
    let op = Reduce { function, axes: axes.to_vec(), keep_dims, rounding: Rounding::Tflm };
    let (x, y) = types(function, dtype, dims);
    Case::new(&format!("{name}_{}_{dtype}", function.name()), op, vec![(x, None)], &[y])
}

/// The input's type and the output's quantisation.
fn types(function: Function, dtype: DType, dims: &[usize]) -> (TensorType, Quant) {
    let x = match dtype {
        DType::I8 => int8(dims, 0.031, -17),
        DType::I16 => int16(dims, 1.7e-4),
        _ => plain(dtype, dims),
    };
    let other = |scale| match dtype {
        DType::I8 => int8(&[], scale, 9).quant,
        DType::I16 => int16(&[], scale / 200.0).quant,
        _ => Quant::None,
    };
    let quant = match function {
        Function::Mean => other(0.0219),
        Function::Sum => other(0.23),
        Function::Product => other(2.7),
        _ => x.quant.clone(),
    };
    (x, quant)
}
