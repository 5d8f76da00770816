//! Conformance cases of `FULLY_CONNECTED`.

use super::FullyConnected;
use crate::ops::Activation;
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::tensor::{DType, Data, Quant, Rounding, TensorType};

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
    cases.extend(wide_cases());
    cases.extend(four_bits());
    cases.extend(single());
    cases
}

/// Weights that are stored two to a byte.
fn four_bits() -> [Case; 2] {
    [int8(&[2, 11], 0.05, -17), int16(&[2, 11], 0.01)].map(|input| {
        let mut random = Random::new(4);
        let weights = (0..77).map(|_| random.range(-8, 7) as i8).collect();
        let quant = input.quant.clone();
        Case::new(
            &format!("four_bits_{}", input.dtype),
            op(Activation::None, false, Rounding::Tflm),
            vec![(input, None), (int8(&[7, 11], 0.1, 0), Some(Data::I8(weights)))],
            &[quant],
        )
    })
}

/// Sums and weights of int16 for which the short ways do not hold, and every way to round.
fn wide_cases() -> Vec<Case> {
    let make = |name: &str, filter: TensorType, output: f32, bias: Data, rounding| {
        let depth = filter.shape.last();
        let weights = Random::new(2).data(filter.dtype, 3 * depth);
        let inputs = vec![
            (int16(&[2, depth], 0.5), None),
            (filter, Some(weights)),
            (plain(bias.dtype(), &[3]), Some(bias)),
        ];
        let op = op(Activation::None, false, rounding);
        Case::new(name, op, inputs, &[int16(&[], output).quant])
    };
    let (tflm, litert) = (Rounding::Tflm, Rounding::Litert);
    let bytes = |depth: usize| int8(&[3, depth], 0.5, 0);
    let small = || Data::I64(vec![5, -6, 7]);
    let far = || Data::I64(vec![1 << 40, -(1 << 40), 7]);
    let near = || Data::I32(vec![i32::MAX, i32::MIN, -5]);
    let mut cases = vec![
        make("s16_long", bytes(1100), 3e4, small(), tflm),
        make("s16_long_real", bytes(1100), 3e4, small(), litert),
        make("s16_bias_of_40_bits", bytes(3), 1e8, far(), tflm),
        make("s16_bias_of_40_bits_real", bytes(3), 1e8, far(), litert),
        make("s16_sums_wrap", bytes(600), 3e4, near(), tflm),
        make("s16_narrow_bias_real", bytes(600), 3e4, near(), litert),
        make("s16_zero_point", int8(&[3, 9], 0.5, -128), 30.0, small(), tflm),
        make("s16_weights", int16(&[3, 9], 0.5), 3e4, Data::I32(vec![1, 2, 3]), tflm),
    ];
    let inputs = vec![(int16(&[2, 5], 0.01), None), (int16(&[3, 5], 0.01), None)];
    let op = op(Activation::Relu, false, tflm);
    cases.push(Case::new("s16_computed", op, inputs, &[int16(&[], 0.3).quant]));
    cases
}

/// Sums in single precision.
fn single() -> [Case; 2] {
    [("usual", 0.03, 0.9), ("halves", 0.25, 8.0)].map(|(name, filter, output)| {
        let inputs = vec![
            (int8(&[9, 33], 0.25, -17), None),
            (int8(&[7, 33], filter, 0), Some(Random::new(3).data(DType::I8, 7 * 33))),
            (plain(DType::I32, &[7]), Some(Random::new(4).data(DType::I32, 7))),
        ];
        let op = op(Activation::None, false, Rounding::Onnx);
        Case::new(&format!("single_{name}_s8"), op, inputs, &[int8(&[], output, 5).quant])
    })
}

fn op(activation: Activation, keep_dims: bool, rounding: Rounding) -> FullyConnected {
    FullyConnected { activation, keep_dims, rounding }
}

/// The same shapes in int8, int16 and float32.
fn shape(name: &str, input: &[usize], filter: [usize; 2], keep: bool, bias: bool) -> [Case; 3] {
    let mut random = Random::new(name.len() as u64);
    let op = op(Activation::Relu, keep, Rounding::Tflm);
    let elements = filter[0] * filter[1];
    let mut integers = vec![
        (int8(input, 0.05, -17), None),
        (int8(&filter, 0.02, 0), Some(random.data(DType::I8, elements))),
    ];
    let mut wide = vec![(int16(input, 0.0005), None), integers[1].clone()];
    let mut floats = vec![
        (plain(DType::F32, input), None),
        (plain(DType::F32, &filter), Some(random.data(DType::F32, elements))),
    ];
    if bias {
        let units = filter[0];
        integers.push((plain(DType::I32, &[units]), Some(random.data(DType::I32, units))));
        wide.push((plain(DType::I64, &[units]), Some(random.data(DType::I64, units))));
        floats.push((plain(DType::F32, &[units]), Some(random.data(DType::F32, units))));
    }
    let quant = Quant::per_tensor(0.11, -20).expect("the scale is positive");
    [
        Case::new(&format!("{name}_s8"), op.clone(), integers, &[quant]),
        Case::new(&format!("{name}_s16"), op.clone(), wide, &[int16(&[], 0.002).quant]),
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
