//! Conformance cases of `FULLY_CONNECTED`.

use super::FullyConnected;
use crate::ops::Activation;
use crate::ops::case::{Case, Random, int8, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        shape("vector", &[1, 10], [6, 10], false, true),
        shape("one_block", &[1, 7], [8, 7], false, true),
        shape("two_blocks", &[1, 33], [11, 33], false, true),
        shape("one_weight", &[1, 1], [1, 1], false, true),
        shape("batch", &[3, 5], [9, 5], false, true),
        shape("flattened", &[2, 3, 4], [5, 12], false, true),
        shape("rank_1", &[8], [3, 8], false, true),
        shape("keep_dims", &[2, 1, 3, 4], [5, 4], true, true),
        shape("keep_one_dim", &[8], [3, 8], true, true),
        shape("no_bias", &[2, 6], [4, 6], false, false),
    ]
    .into_iter()
    .flatten()
    .collect();
    cases.extend(int8_cases());
    cases.push(computed_filter(DType::F32));
    cases
}

fn op(activation: Activation, keep_dims: bool, rounding: Rounding) -> FullyConnected {
    FullyConnected { activation, keep_dims, rounding }
}

/// The same shapes in int8 and float32.
fn shape(name: &str, input: &[usize], filter: [usize; 2], keep: bool, bias: bool) -> [Case; 2] {
    let mut random = Random::new(name.len() as u64);
    let op = op(Activation::Relu, keep, Rounding::Tflm);
    let elements = filter[0] * filter[1];
    let mut integers = vec![
        (int8(input, 0.05, -17), None),
        (int8(&filter, 0.02, 0), Some(random.data(DType::I8, elements))),
    ];
    let mut floats = vec![
        (plain(DType::F32, input), None),
        (plain(DType::F32, &filter), Some(random.data(DType::F32, elements))),
    ];
    if bias {
        let units = filter[0];
        integers.push((plain(DType::I32, &[units]), Some(random.data(DType::I32, units))));
        floats.push((plain(DType::F32, &[units]), Some(random.data(DType::F32, units))));
    }
    let quant = Quant::per_tensor(0.11, -20).expect("the scale is positive");
    [
        Case::new(&format!("{name}_s8"), op.clone(), integers, &[quant]),
        Case::new(&format!("{name}_f32"), op, floats, &[Quant::None]),
    ]
}

/// Quantisations and roundings of int8.
fn int8_cases() -> Vec<Case> {
    let make = |name: &str, filter: TensorType, output: (f32, i32), rounding| {
        let mut random = Random::new(name.len() as u64);
        let quant = Quant::per_tensor(output.0, output.1).expect("the scale is positive");
        let bias = plain(DType::I32, &[6]);
        let inputs = vec![
            (int8(&[4, 20], 0.5, 30), None),
            (filter, Some(random.data(DType::I8, 120))),
            (bias, Some(random.data(DType::I32, 6))),
        ];
        Case::new(name, op(Activation::None, false, rounding), inputs, &[quant])
    };
    let whole = |scale| int8(&[6, 20], scale, 0);
    let per_unit = || {
        let scales = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003].to_vec();
        let quant = Quant::per_axis(0, scales).expect("scales are positive");
        TensorType { quant, ..plain(DType::I8, &[6, 20]) }
    };
    let (twice, once) = (Rounding::Tflm, Rounding::Litert);
    vec![
        make("per_unit", per_unit(), (3.0, 4), twice),
        make("per_unit_once", per_unit(), (3.0, 4), once),
        make("round_once", whole(0.01), (1.7, 9), once),
        make("round_twice", whole(0.01), (1.7, 9), twice),
        make("left_shift", whole(3.0), (0.01, 3), twice),
        make("left_shift_once", whole(3.0), (0.01, 3), once),
        make("saturating_once", whole(3.0), (1e-10, 3), once),
        make("zero_multiplier", whole(1e-20), (1.0, -3), twice),
        make("filter_zero_point", int8(&[6, 20], 0.02, 11), (1.7, -90), twice),
        make("filter_zero_point_once", int8(&[6, 20], 0.02, -128), (1.7, 127), once),
        computed_filter(DType::I8),
    ]
}

/// A product of two activations, with a constant bias.
fn computed_filter(dtype: DType) -> Case {
    let operand = |dims: &[usize]| match dtype {
        DType::I8 => (int8(dims, 0.03, -8), None),
        _ => (plain(dtype, dims), None),
    };
    let (bias, quant) = match dtype {
        DType::I8 => (DType::I32, Quant::per_tensor(0.4, -20).expect("the scale is positive")),
        _ => (dtype, Quant::None),
    };
    let bias = (plain(bias, &[5]), Some(Random::new(5).data(bias, 5)));
    Case::new(
        &format!("computed_filter_{dtype}"),
        op(Activation::Relu6, false, Rounding::Tflm),
        vec![operand(&[3, 7]), operand(&[5, 7]), bias],
        &[quant],
    )
}
