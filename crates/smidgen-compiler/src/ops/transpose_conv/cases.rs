//! Conformance cases of `TRANSPOSE_CONV`.

use super::{CHANNEL_AXIS, TransposeConv};
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::ops::common::convolution::cases::in_each_type;
use crate::ops::{Activation, Padding, Window};
use crate::tensor::{DType, Data, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let (none, relu) = (Activation::None, Activation::Relu);
    let valid = |stride| Window::valid(stride, [1, 1]);
    let padding = Padding { top: 3, bottom: 0, left: 1, right: 0 };
    let far = i32::MAX as usize;
    let padded = Window { padding, ..valid([2, 1]) };
    [
        case("overlapping", [1, 3, 4, 3], [5, 3, 3, 3], valid([2, 2]), [7, 9], relu),
        case("with_gaps", [2, 2, 3, 1], [4, 2, 1, 1], valid([3, 2]), [5, 6], none),
        case("cut", [1, 4, 3, 2], [6, 4, 2, 2], padded, [4, 3], none),
        case("far_apart", [1, 2, 2, 3], [2, 3, 3, 3], valid([far, 3]), [4, 5], none),
        case("nothing_reaches_the_end", [1, 1, 1, 5], [1, 1, 2, 5], valid([1, 1]), [3, 4], relu),
    ]
    .into_iter()
    .flatten()
    .chain([wrapping(DType::I8), wrapping(DType::I16), long()])
    .collect()
}

fn case(
    name: &str,
    input: [usize; 4],
    filter: [usize; 4],
    window: Window,
    size: [usize; 2],
    activation: Activation,
) -> [Case; 3] {
    let op = TransposeConv { window, size, activation };
    in_each_type(name, &op, &input, &filter, CHANNEL_AXIS)
}

/// Sums that 32 bits do not hold, around a filter with a zero point where there may be one.
fn wrapping(dtype: DType) -> Case {
    let window = Window::same([2, 2], [1, 1], [4, 4], [3, 3]);
    let op = TransposeConv { window, size: [4, 4], activation: Activation::None };
    let filter = Some(Random::new(3).data(DType::I8, 36));
    let bias = Some(Data::I32(vec![i32::MAX, i32::MIN]));
    let (input, zero_point, output) = match dtype {
        DType::I8 => (int8(&[1, 2, 2, 2], 0.5, 127), -128, int8(&[], 1e5, -128)),
        _ => (int16(&[1, 2, 2, 2], 0.5), 0, int16(&[], 1e3)),
    };
    let inputs = vec![
        (input, None),
        (int8(&[2, 3, 3, 2], 1e-4, zero_point), filter),
        (plain(DType::I32, &[2]), bias),
    ];
    Case::new(&format!("sums_wrap_{dtype}"), op, inputs, &[output.quant])
}

/// More products than 32 bits can sum.
fn long() -> Case {
    let op = TransposeConv {
        window: Window::valid([1, 1], [1, 1]),
        size: [1, 2],
        activation: Activation::None,
    };
    let inputs = vec![
        (int16(&[1, 1, 1, 700], 0.01), None),
        (int8(&[3, 1, 2, 700], 0.01, 0), Some(Data::I8(vec![-128; 4200]))),
        (plain(DType::I64, &[3]), Some(Data::I64(vec![1 << 40, -(1 << 40), 0]))),
    ];
    let quant = Quant::per_tensor(3e4, 0).expect("the scale is positive");
    Case::new("long_s16", op, inputs, &[quant])
}
