//! Conformance cases of `CONV_2D`.

use super::{CHANNEL_AXIS, Conv2d};
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::ops::common::convolution::cases::in_each_type;
use crate::ops::{Activation, Window};
use crate::tensor::{DType, Data, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let relu = Activation::Relu;
    let none = Activation::None;
    let same = |stride, dilation, image, kernel| Window::same(stride, dilation, image, kernel);
    let valid = |stride| Window::valid(stride, [1, 1]);
    let mut cases: Vec<Case> = [
        case("pointwise", [1, 5, 5, 8], [16, 1, 1, 8], valid([1, 1]), none),
        case("pointwise_one_pixel", [1, 1, 1, 9], [5, 1, 1, 9], valid([1, 1]), relu),
        case("pointwise_strided", [1, 7, 7, 3], [6, 1, 1, 3], valid([2, 2]), relu),
        case(
            "odd_channels",
            [1, 6, 5, 3],
            [7, 3, 3, 3],
            same([1, 1], [1, 1], [6, 5], [3, 3]),
            relu,
        ),
        case("groups_odd", [1, 4, 5, 4], [6, 2, 3, 2], valid([1, 2]), none),
        case("many_taps", [1, 3, 4, 67], [9, 3, 3, 67], valid([1, 1]), none),
        case("batch", [3, 4, 4, 2], [4, 3, 3, 2], same([2, 2], [1, 1], [4, 4], [3, 3]), none),
        case("tall_kernel", [1, 9, 4, 1], [3, 5, 2, 1], valid([2, 1]), relu),
        case("wide_stride", [1, 5, 11, 2], [4, 2, 2, 2], valid([3, 3]), none),
        case("stride_beyond_input", [2, 3, 5, 2], [4, 2, 3, 2], valid([90, 1 << 30]), none),
        case("dilated", [1, 9, 8, 2], [5, 3, 3, 2], same([1, 1], [2, 3], [9, 8], [3, 3]), none),
        case(
            "dilated_rows",
            [1, 9, 8, 2],
            [4, 3, 3, 2],
            same([1, 1], [2, 1], [9, 8], [3, 3]),
            none,
        ),
        case("groups", [1, 5, 5, 6], [9, 3, 3, 2], same([1, 1], [1, 1], [5, 5], [3, 3]), relu),
        case(
            "kernel_exceeds_input",
            [1, 2, 2, 3],
            [4, 5, 5, 3],
            same([1, 1], [1, 1], [2, 2], [5, 5]),
            none,
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    cases.extend(extremes());
    cases.extend(filters_with_zero_points());
    cases.extend(wide());
    cases.extend(four_bits());
    cases.push(computed());
    cases.extend(single());
    cases
}

/// A filter and a bias that are known at run time.
fn computed() -> Case {
    let window = Window::same([1, 1], [1, 1], [4, 5], [3, 3]);
    let float = |dims: &[usize]| (plain(DType::F32, dims), None);
    let inputs = vec![float(&[1, 4, 5, 3]), float(&[2, 3, 3, 3]), float(&[2])];
    let op = Conv2d { window, activation: Activation::Relu, rounding: Rounding::Tflm };
    Case::new("computed_filter_f32", op, inputs, &[Quant::None])
}

/// Sums in single precision: halves, and numbers beyond the usual.
fn single() -> Vec<Case> {
    let scales = [
        ("usual", 0.05, 0.01, 0.3),
        ("powers_of_two", 0.125, 0.0625, 2.0),
        ("fine", 0.01, 0.001, 0.9),
        ("growing", 0.5, 0.5, 0.3),
        ("vanishing", 1e-4, 1e-4, 3.0),
    ];
    let case = |(name, x, filter, y): (&str, f32, f32, f32)| {
        let window = Window::same([1, 1], [1, 1], [9, 8], [3, 3]);
        let activation = Activation::None;
        let weights = Random::new(6).data(DType::I8, 7 * 9 * 11);
        let scales = (0..7).map(|i| filter * (1 << i) as f32).collect();
        let quant = Quant::per_axis(0, scales).expect("scales are positive");
        let filter = TensorType { quant, ..plain(DType::I8, &[7, 3, 3, 11]) };
        Case::new(
            &format!("single_{name}_s8"),
            Conv2d { window, activation, rounding: Rounding::Onnx },
            vec![(int8(&[1, 9, 8, 11], x, -17), None), (filter, Some(weights))],
            &[int8(&[], y, 3).quant],
        )
    };
    scales.into_iter().map(case).collect()
}

/// Weights that are stored two to a byte.
fn four_bits() -> [Case; 2] {
    [int8(&[1, 4, 5, 3], 0.05, -17), int16(&[1, 4, 5, 3], 0.01)].map(|input| {
        let mut random = Random::new(4);
        let weights = (0..189).map(|_| random.range(-8, 7) as i8).collect();
        let window = Window::same([1, 1], [1, 1], [4, 5], [3, 3]);
        let quant = input.quant.clone();
        Case::new(
            &format!("four_bits_{}", input.dtype),
            Conv2d { window, activation: Activation::None, rounding: Rounding::Tflm },
            vec![(input, None), (int8(&[7, 3, 3, 3], 0.1, 0), Some(Data::I8(weights)))],
            &[quant],
        )
    })
}

fn case(
    name: &str,
    input: [usize; 4],
    filter: [usize; 4],
    window: Window,
    activation: Activation,
) -> [Case; 3] {
    in_each_type(
        name,
        &Conv2d { window, activation, rounding: Rounding::Tflm },
        &input,
        &filter,
        CHANNEL_AXIS,
    )
}

/// Filters whose zero point is not 0, as those that were uint8 have.
fn filters_with_zero_points() -> Vec<Case> {
    let make = |name: &str, window, zero_point, groups: usize| {
        let filter = [5 * groups, 3, 2, 6 / groups];
        let elements = filter.iter().product();
        Case::new(
            name,
            Conv2d { window, activation: Activation::None, rounding: Rounding::Tflm },
            vec![
                (int8(&[1, 4, 5, 6], 0.05, 127), None),
                (int8(&filter, 0.01, zero_point), Some(Random::new(5).data(DType::I8, elements))),
            ],
            &[int8(&[], 0.2, -30).quant],
        )
    };
    let same = Window::same([1, 1], [1, 1], [4, 5], [3, 2]);
    vec![
        make("filter_zero_point_lowest", same, -128, 1),
        make("filter_zero_point_highest", Window::valid([1, 2], [1, 2]), 127, 1),
        make("filter_zero_point_groups", same, -11, 2),
    ]
}

/// Sums of int16 that 32 bits do not hold, and every way to scale them.
fn wide() -> Vec<Case> {
    let make = |name: &str, depth: usize, output: f32, bias: Data| {
        let filter = [3, 1, 2, depth];
        let window = Window::same([1, 1], [1, 1], [1, 3], [1, 2]);
        Case::new(
            name,
            Conv2d { window, activation: Activation::Relu, rounding: Rounding::Tflm },
            vec![
                (int16(&[1, 1, 3, depth], 0.5), None),
                (int8(&filter, 0.5, 0), Some(Random::new(1).data(DType::I8, 6 * depth))),
                (plain(bias.dtype(), &[3]), Some(bias)),
            ],
            &[int16(&[], output).quant],
        )
    };
    let far = Data::I64(vec![1 << 40, -(1 << 40), 7]);
    let near = Data::I32(vec![i32::MAX, i32::MIN, -5]);
    vec![
        make("s16_long", 600, 3e4, Data::I64(vec![5, 6, 7])),
        make("s16_bias_of_40_bits", 3, 1e8, far),
        make("s16_sums_wrap", 600, 3e4, near.clone()),
        make("s16_left_shift", 5, 0.002, near),
        make("s16_left_shift_of_64_bits", 5, 0.002, Data::I64(vec![5, 6, 7])),
        make("s16_multiplier_near_one", 5, 0.26, Data::I64(vec![5, 6, 7])),
        make("s16_vanishing_multiplier", 5, 1e9, Data::I64(vec![i64::MAX, 6, 7])),
    ]
}

/// Multipliers, biases and weights for which the short ways of rounding and summing do not hold,
/// and channels that are constant.
fn extremes() -> Vec<Case> {
    let make = |name: &str, scales: [f32; 3], output: (f32, i32), bias: [i32; 3], dead: bool| {
        let dims = [3, 3, 3, 5];
        let mut weights: Vec<i8> = Random::new(7).data(DType::I8, 135).get::<i8>().to_vec();
        if dead {
            weights[45..90].fill(0);
        }
        let quant = Quant::per_axis(0, scales.to_vec()).expect("scales are positive");
        let filter = TensorType { quant, ..plain(DType::I8, &dims) };
        let window = Window::same([1, 1], [1, 1], [4, 5], [3, 3]);
        let activation = if output.1 == -128 { Activation::Relu } else { Activation::None };
        Case::new(
            name,
            Conv2d { window, activation, rounding: Rounding::Tflm },
            vec![
                (int8(&[1, 4, 5, 5], 0.5, 127), None),
                (filter, Some(Data::I8(weights))),
                (plain(DType::I32, &[3]), Some(Data::I32(bias.to_vec()))),
            ],
            &[Quant::per_tensor(output.0, output.1).expect("the scale is positive")],
        )
    };
    let (low, high) = (i32::MIN, i32::MAX);
    vec![
        make("left_shift", [3.0, 0.1, 1.0], (0.01, 3), [5, -7, 0], false),
        make("multiplier_near_one", [0.5, 0.4, 0.3], (0.2501, -128), [0, 9, 1], false),
        make("zero_multiplier", [1e-20, 1.0, 1e-8], (1.0, -3), [1, 2, 3], false),
        make("sums_of_31_bits", [1.7e-9, 3.6e-9, 2e-6], (1.0, -3), [high, low, high], false),
        make("sums_wrap", [1e-7, 1e-8, 1e-9], (1.0, -128), [high, low, 5], false),
        make("sums_of_24_bits", [1e-4, 1e-4, 1e-4], (1.0, 7), [8_000_000, -8_000_000, 0], false),
        make("constant_channel", [0.05, 1e-9, 0.02], (7.0, -100), [9, high, -3], true),
        make("constant_channel_relu", [0.05, 1e-9, 0.02], (7.0, -128), [9, low, -3], true),
    ]
}
