//! Conformance cases of the pools.

use super::{Function, Pool2d};
use crate::ops::case::{Case, int8, int16, plain};
use crate::ops::{Activation, Window};
use crate::tensor::DType;

pub(crate) fn cases() -> Vec<Case> {
    let (relu, none) = (Activation::Relu, Activation::None);
    let case = |name: &str, input: [usize; 4], kernel, window, activation, zero_point| {
        let mut cases = Vec::new();
        for function in [Function::Average, Function::AverageUp, Function::Max, Function::L2] {
            for &dtype in function.types() {
                let x = match dtype {
                    DType::I8 => int8(&input, 0.05, zero_point),
                    DType::I16 => int16(&input, 0.001),
                    _ => plain(dtype, &input),
                };
                let op = Pool2d { function, kernel, window, activation };
                let name = format!("{name}_{function:?}_{dtype}").to_lowercase();
                let quant = x.quant.clone();
                cases.push(Case::new(&name, op, vec![(x, None)], &[quant]));
            }
        }
        cases
    };
    let same = |stride, input, kernel| Window::same(stride, [1, 1], input, kernel);
    let valid = |stride| Window::valid(stride, [1, 1]);
    [
        case("valid", [1, 6, 5, 3], [2, 2], valid([2, 2]), none, -17),
        case("same", [1, 5, 6, 4], [3, 3], same([1, 1], [5, 6], [3, 3]), none, 5),
        case("strided", [1, 7, 5, 2], [3, 2], same([2, 2], [7, 5], [3, 2]), relu, 5),
        case("global", [1, 5, 7, 5], [5, 7], valid([1, 1]), none, 127),
        case("one_pixel", [1, 3, 3, 2], [1, 1], valid([2, 1]), Activation::Relu6, -128),
        case("batch", [3, 4, 4, 1], [2, 3], same([2, 1], [4, 4], [2, 3]), Activation::ReluN1To1, 0),
        case("exceeds_input", [1, 2, 1, 3], [5, 4], same([1, 1], [2, 1], [5, 4]), none, -1),
        case("gaps", [1, 7, 8, 2], [2, 1], valid([3, 4]), none, 9),
    ]
    .into_iter()
    .flatten()
    .collect()
}
