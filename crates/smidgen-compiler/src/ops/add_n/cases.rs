//! Conformance cases of `ADD_N`.

use super::AddN;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Data, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let make = |name: &str, ty: &TensorType, operands: usize, output: Quant| {
        Case::new(name, AddN, vec![(ty.clone(), None); operands], &[output])
    };
    let quant = |scale, zero_point| Quant::per_tensor(scale, zero_point).expect("it is positive");
    let ty = int8(&[7, 11], 0.05, -128);
    let highest = (int8(&[3], 0.05, -128), Some(Data::I8(vec![127; 3])));
    let highest = Case::new("highest_s8", AddN, vec![highest; 16], &[quant(3.203, 0)]);
    vec![
        highest,
        make("two_s8", &ty, 2, quant(0.1, -128)),
        make("three_s8", &int8(&[7, 11], 0.05, 3), 3, quant(0.07, 9)),
        make("many_s8", &ty, 16, quant(0.8, -128)),
        make("saturating_s8", &int8(&[5], 0.05, 127), 5, quant(0.001, -128)),
        make("three_s32", &plain(DType::I32, &[3, 7]), 3, Quant::None),
        make("two_f32", &plain(DType::F32, &[3, 7]), 2, Quant::None),
        make("five_f32", &plain(DType::F32, &[3, 7]), 5, Quant::None),
    ]
}
