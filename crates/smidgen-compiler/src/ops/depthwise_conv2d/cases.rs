//! Conformance cases of `DEPTHWISE_CONV_2D`.

use super::{CHANNEL_AXIS, DepthwiseConv2d};
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::ops::common::convolution::cases::in_each_type;
use crate::ops::{Activation, Padding, Window};
use crate::tensor::{DType, Data, Quant, Rounding};

pub(crate) fn cases() -> Vec<Case> {
    let (relu, none) = (Activation::Relu, Activation::None);
    let same = |stride, dilation, image, kernel| Window::same(stride, dilation, image, kernel);
    let valid = |stride| Window::valid(stride, [1, 1]);
    let padding = Padding { top: 4, bottom: 0, left: 5, right: 3 };
    let padded = Window { padding, ..valid([2, 3]) };
    let mut cases: Vec<Case> = [
        case("same", [1, 5, 6, 3], [3, 3, 3], same([1, 1], [1, 1], [5, 6], [3, 3]), relu),
        case("odd_width", [1, 4, 7, 2], [3, 3, 2], same([1, 1], [1, 1], [4, 7], [3, 3]), none),
        case("strided", [1, 9, 8, 3], [3, 3, 3], same([2, 2], [1, 1], [9, 8], [3, 3]), relu),
        case("strides_differ", [1, 7, 9, 2], [3, 3, 2], valid([1, 3]), none),
        case("dilated", [1, 9, 8, 2], [3, 3, 2], same([1, 1], [2, 3], [9, 8], [3, 3]), none),
        case("multiplier", [1, 5, 5, 3], [3, 3, 12], same([1, 1], [1, 1], [5, 5], [3, 3]), relu),
        case("from_one_channel", [1, 6, 5, 1], [4, 2, 7], valid([2, 2]), none),
        case("batch", [3, 4, 4, 2], [3, 3, 2], same([2, 2], [1, 1], [4, 4], [3, 3]), none),
        case("one_pixel", [1, 1, 1, 5], [1, 1, 5], valid([1, 1]), relu),
        case("kernel_covers_input", [1, 5, 4, 3], [5, 4, 3], valid([1, 1]), none),
        case("exceeds_input", [1, 2, 1, 3], [5, 5, 3], same([1, 1], [1, 1], [2, 1], [5, 5]), none),
        case("explicit_padding", [1, 3, 4, 2], [3, 3, 2], padded, none),
        case("bands", [1, 70, 90, 1], [3, 3, 2], same([1, 1], [1, 1], [70, 90], [3, 3]), none),
    ]
    .into_iter()
    .flatten()
    .collect();
    cases.extend(extremes());
    cases.extend(filters_with_zero_points());
    cases.push(bias_of_40_bits());
    cases.push(single());
    cases
}

/// Sums in single precision, many of which are halves.
fn single() -> Case {
    let window = Window::same([1, 1], [1, 1], [9, 7], [3, 3]);
    let weights = Random::new(7).data(DType::I8, 45);
    let op = DepthwiseConv2d { window, activation: Activation::None, rounding: Rounding::Onnx };
    let inputs =
        vec![(int8(&[1, 9, 7, 5], 0.25, 12), None), (int8(&[1, 3, 3, 5], 0.125, 0), Some(weights))];
    Case::new("single_s8", op, inputs, &[int8(&[], 0.5, -3).quant])
}

/// Filters whose zero point is not 0, as those that were uint8 have.
fn filters_with_zero_points() -> [Case; 2] {
    [("filter_zero_point_lowest", 3, -128), ("filter_zero_point_highest", 2, 127)].map(
        |(name, side, zero_point)| {
            let window = Window::same([1, 1], [1, 1], [4, 5], [side, side]);
            let weights = Random::new(5).data(DType::I8, 2 * side * side);
            Case::new(
                name,
                DepthwiseConv2d { window, activation: Activation::None, rounding: Rounding::Tflm },
                vec![
                    (int8(&[1, 4, 5, 2], 0.05, 127), None),
                    (int8(&[1, side, side, 2], 0.01, zero_point), Some(weights)),
                ],
                &[int8(&[], 0.1, -30).quant],
            )
        },
    )
}

fn bias_of_40_bits() -> Case {
    let window = Window::valid([1, 1], [1, 1]);
    let inputs = vec![
        (int16(&[1, 4, 5, 3], 0.5), None),
        (int8(&[1, 4, 2, 3], 0.5, 0), Some(Random::new(5).data(DType::I8, 24))),
        (plain(DType::I64, &[3]), Some(Data::I64(vec![1 << 40, -(1 << 40), 7]))),
    ];
    let op = DepthwiseConv2d { window, activation: Activation::None, rounding: Rounding::Tflm };
    Case::new("s16_bias_of_40_bits", op, inputs, &[int16(&[], 1e8).quant])
}

/// The filter is given by rows, columns, channels.
fn case(
    name: &str,
    input: [usize; 4],
    [rows, columns, channels]: [usize; 3],
    window: Window,
    activation: Activation,
) -> [Case; 3] {
    let op = DepthwiseConv2d { window, activation, rounding: Rounding::Tflm };
    in_each_type(name, &op, &input, &[1, rows, columns, channels], CHANNEL_AXIS)
}

/// Multipliers and sums for which the short rounding does not hold, and filters of one scale.
fn extremes() -> Vec<Case> {
    let make = |name: &str, filter_scale: f32, output: (f32, i32), bias: [i32; 2], activation| {
        let window = Window::same([1, 1], [1, 1], [4, 5], [3, 3]);
        Case::new(
            name,
            DepthwiseConv2d { window, activation, rounding: Rounding::Tflm },
            vec![
                (int8(&[1, 4, 5, 2], 0.5, 127), None),
                (int8(&[1, 3, 3, 2], filter_scale, 0), Some(Random::new(7).data(DType::I8, 18))),
                (plain(DType::I32, &[2]), Some(Data::I32(bias.to_vec()))),
            ],
            &[Quant::per_tensor(output.0, output.1).expect("the scale is positive")],
        )
    };
    let (relu, relu6, none) = (Activation::Relu, Activation::Relu6, Activation::None);
    vec![
        make("left_shift", 3.0, (0.01, 3), [5, -7], none),
        make("multiplier_near_one", 0.5, (0.2501, -128), [0, 9], relu),
        make("vanishing_multiplier", 1e-8, (4.0, 0), [1 << 29, -(1 << 29)], none),
        make("zero_multiplier", 1e-20, (1.0, -3), [1, 2], none),
        make("sums_wrap", 1e-7, (1.0, -128), [i32::MAX, i32::MIN], none),
        make("large_sums", 1e-6, (1.0, 1), [1 << 30, -(1 << 30)], relu6),
        make("relu_above_zero_point", 0.1, (0.9, 127), [100, -100], relu),
    ]
}
