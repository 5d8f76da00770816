//! Conformance cases of recurrent layers.

use super::{Cell, Function, Nonlinearity, Rnn};
use crate::ops::Activation;
use crate::ops::case::{Case, Random, plain};
use crate::tensor::{DType, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let both = |merged| Function::Both { merged };
    let tanh = Cell::Plain(Nonlinearity::Tanh);
    let relu = Cell::Plain(Nonlinearity::Clamp(Activation::Relu));
    let gated = |resets_first| Cell::Gated { resets_first };
    vec![
        case("step", Function::Step, tanh, &[2, 3], &[4]),
        case("batch_major", Function::Forward, tanh, &[2, 3, 5], &[4]),
        case("time_major", Function::Forward, tanh, &[3, 2, 5], &[4]),
        case("one_of_all", Function::Forward, tanh, &[1, 1, 1], &[1]),
        case("relu", Function::Forward, relu, &[2, 4, 3], &[3]),
        case("both", both(false), tanh, &[2, 3, 2], &[3, 4]),
        case("both_merged", both(true), tanh, &[2, 3, 2], &[3, 4]),
        case("both_time_major", both(true), tanh, &[3, 2, 2], &[3, 1]),
        case("gru", Function::Forward, gated(false), &[2, 3, 5], &[4]),
        case("gru_resets_first", Function::Forward, gated(true), &[2, 3, 5], &[4]),
        case("gru_one_of_all", Function::Step, gated(true), &[1, 1], &[1]),
        case("gru_both_time_major", both(true), gated(false), &[3, 2, 2], &[3, 1]),
        case("gru_both", both(false), gated(true), &[2, 3, 2], &[1, 4]),
    ]
}

fn case(name: &str, function: Function, cell: Cell, input: &[usize], units: &[usize]) -> Case {
    let mut random = Random::new(name.len() as u64);
    let time_major = name.ends_with("time_major");
    let (batch, depth) = (input[usize::from(time_major)], input[input.len() - 1]);
    let mut inputs = vec![(plain(DType::F32, input), None)];
    for &units in units {
        let [rows, biases] = [cell.gates(), cell.biases()].map(|n| n * units);
        let shapes: [&[usize]; 3] = [&[rows, depth], &[rows, units], &[biases]];
        for shape in shapes {
            let data = random.data(DType::F32, shape.iter().product());
            inputs.push((plain(DType::F32, shape), Some(data)));
        }
        inputs.push((plain(DType::F32, &[batch, units]), None));
    }
    let quants = vec![Quant::None; function.outputs() + units.len()];
    Case::new(name, Rnn { function, time_major, cell }, inputs, &quants)
}
