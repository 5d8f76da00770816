//! Conformance cases of `CONV_3D`.

use super::Conv3d;
use crate::ops::case::{Case, Random, plain};
use crate::ops::{Activation, Window};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let valid = |stride| Window::valid(stride, [1, 1]);
    let same = Window::same([2, 1], [1, 2], [4, 5], [3, 2]);
    vec![
        case("valid", [2, 3, 4, 5, 2], [2, 3, 2, 2, 3], valid([1, 1]), valid([1, 2]), true),
        case(
            "same",
            [1, 3, 4, 5, 1],
            [3, 3, 2, 1, 2],
            Window::same([1, 1], [1, 1], [3, 1], [3, 1]),
            same,
            false,
        ),
        case("one", [1, 1, 1, 1, 3], [1, 1, 1, 3, 1], valid([1, 1]), valid([1, 1]), true),
    ]
}

fn case(
    name: &str,
    input: [usize; 5],
    filter: [usize; 5],
    depth: Window,
    plane: Window,
    bias: bool,
) -> Case {
    let mut random = Random::new(name.len() as u64);
    let elements = filter.iter().product();
    let mut inputs = vec![
        (plain(DType::F32, &input), None),
        (plain(DType::F32, &filter), Some(random.data(DType::F32, elements))),
    ];
    if bias {
        let channels = filter[4];
        inputs.push((plain(DType::F32, &[channels]), Some(random.data(DType::F32, channels))));
    }
    Case::new(name, Conv3d { depth, plane, activation: Activation::Relu }, inputs, &[Quant::None])
}
