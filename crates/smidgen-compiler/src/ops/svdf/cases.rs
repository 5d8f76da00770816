//! Conformance cases of `SVDF`.

use super::{Nonlinearity, Svdf};
use crate::ops::Activation;
use crate::ops::case::{Case, Random, plain};
use crate::tensor::{DType, Data, Quant, Rounding, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let (wide, narrow) = (DType::I16, DType::I8);
    vec![
        float("float", [2, 5, 3, 2, 4], Nonlinearity::Tanh),
        float("float_one_of_all", [1, 1, 1, 1, 1], Nonlinearity::Clamp(Activation::None)),
        float("float_rank_1", [1, 3, 4, 1, 6], Nonlinearity::Clamp(Activation::Relu6)),
        integer("wide", wide, [2, 5, 3, 2, 4], 0, 2e-4),
        integer("wide_litert", wide, [1, 7, 2, 3, 5], 0, 2e-4),
        integer("wide_one_of_all", wide, [1, 1, 1, 1, 1], 0, 2e-4),
        integer("wide_saturating", wide, [1, 9, 2, 1, 3], 0, 1e-6),
        integer("narrow", narrow, [2, 5, 3, 2, 4], 0, 0.1),
        integer("narrow_zero_point", narrow, [1, 6, 2, 2, 3], -128, 0.05),
        integer("narrow_saturating", narrow, [1, 9, 2, 1, 3], 127, 1e-4),
        integer("narrow_saturating_low", narrow, [1, 9, 2, 1, 3], -128, 1e-4),
    ]
}

/// Batch, inputs, units, rank, memory.
type Sizes = [usize; 5];

/// Types of the operands, from those of vectors, time weights, biases and state.
fn types(dtypes: [DType; 4], [batch, inputs, units, rank, memory]: Sizes) -> Vec<TensorType> {
    let filters = units * rank;
    vec![
        plain(dtypes[0], &[batch, inputs]),
        plain(dtypes[0], &[filters, inputs]),
        plain(dtypes[1], &[filters, memory]),
        plain(dtypes[2], &[units]),
        plain(dtypes[3], &[batch, filters * memory]),
    ]
}

fn operands(name: &str, types: Vec<TensorType>) -> Vec<(TensorType, Option<Data>)> {
    let mut random = Random::new(name.len() as u64);
    let with_data = |(index, ty): (usize, TensorType)| {
        let constant = (1..4).contains(&index);
        let data = constant.then(|| random.data(ty.dtype, ty.shape.elements()));
        (ty, data)
    };
    types.into_iter().enumerate().map(with_data).collect()
}

fn float(name: &str, sizes: Sizes, activation: Nonlinearity) -> Case {
    let op = Svdf { rank: sizes[3], activation, bias: true, rounding: Rounding::Tflm };
    let operands = operands(name, types([DType::F32; 4], sizes));
    Case::new(name, op, operands, &[Quant::None, Quant::None])
}

fn integer(name: &str, state: DType, sizes: Sizes, zero_point: i32, scale: f32) -> Case {
    let quant = |scale, zero| Quant::per_tensor(scale, zero).expect("the scale is positive");
    let time_scale = if state == DType::I16 { 3e-5 } else { 0.01 };
    let quants = [
        quant(0.05, -9),
        quant(0.01, 0),
        quant(time_scale, 0),
        quant(scale * time_scale, 0),
        quant(scale, zero_point),
    ];
    let types = types([DType::I8, state, DType::I32, state], sizes).into_iter().zip(quants);
    let operands = operands(name, types.map(|(ty, quant)| TensorType { quant, ..ty }).collect());
    let litert = name.ends_with("litert");
    let rounding = if litert { Rounding::Litert } else { Rounding::Tflm };
    let activation = Nonlinearity::Clamp(Activation::Relu);
    let op = Svdf { rank: sizes[3], activation, bias: true, rounding };
    let outputs = [quant(scale * time_scale * 3000.0, -100), quant(scale, zero_point)];
    Case::new(name, op, operands, &outputs)
}
