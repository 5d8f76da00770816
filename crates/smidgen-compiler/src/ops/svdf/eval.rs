//! Reference of `SVDF`.

use super::{Sizes, Svdf};
use crate::ops::Site;
use crate::ops::common::sequence::dot;
use crate::tensor::{DType, Data, Element};

pub(super) fn eval(op: &Svdf, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    match site.input(op.state()).dtype {
        DType::I16 => integers::<i16>(op, site, inputs, i16::MIN.into()..=i16::MAX.into()),
        DType::I8 => integers::<i8>(op, site, inputs, i8::MIN.into()..=i8::MAX.into()),
        _ => floats(op, site, inputs),
    }
}

fn floats(op: &Svdf, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let data: Vec<&[f32]> = inputs.iter().map(|data| data.get()).collect();
    let bias = op.bias.then(|| data[3]);
    let Sizes { inputs: depth, units, memory, .. } = op.site_sizes(site);
    let mut state = data[op.state()].to_vec();
    let mut outputs = Vec::new();
    let rows = state.chunks_exact_mut(units * op.rank * memory);
    for (x, state) in data[0].chunks_exact(depth).zip(rows) {
        let filters = data[1].chunks_exact(depth).zip(data[2].chunks_exact(memory));
        let products =
            filters.zip(state.chunks_exact_mut(memory)).map(|((feature, time), held)| {
                push(held, dot(0.0, x, feature));
                dot(0.0, held, time)
            });
        let products: Vec<f32> = products.collect();
        for (unit, products) in products.chunks_exact(op.rank).enumerate() {
            let start = bias.map_or(0.0, |bias| bias[unit]);
            outputs.push(op.activation.apply(products.iter().fold(start, |sum, p| sum + p)));
        }
    }
    vec![Data::F32(outputs), Data::F32(state)]
}

fn integers<T: Element + Into<i32> + TryFrom<i32>>(
    op: &Svdf,
    site: &Site,
    inputs: &[&Data],
    range: std::ops::RangeInclusive<i32>,
) -> Vec<Data> {
    let [input_zero, state_zero, output_zero] = op.zero_points(site);
    let [to_state, to_output] = op.multipliers(site);
    let (x, features, times) = (inputs[0].get::<i8>(), inputs[1].get::<i8>(), inputs[2].get::<T>());
    let bias = op.bias.then(|| inputs[3].get::<i32>());
    let Sizes { inputs: depth, units, memory, .. } = op.site_sizes(site);
    let mut state = inputs[op.state()].get::<T>().to_vec();
    let mut outputs = Vec::new();
    let rows = state.chunks_exact_mut(units * op.rank * memory);
    for (x, state) in x.chunks_exact(depth).zip(rows) {
        let filters = features.chunks_exact(depth).zip(times.chunks_exact(memory));
        let products =
            filters.zip(state.chunks_exact_mut(memory)).map(|((feature, time), held)| {
                let newest = to_state.apply_twice_rounded(sum_of_products(x, feature, input_zero));
                let newest = newest.saturating_add(state_zero).clamp(*range.start(), *range.end());
                push(held, T::try_from(newest).ok().expect("the number has been clamped"));
                sum_of_products(held, time, state_zero)
            });
        let products: Vec<i32> = products.collect();
        for (unit, products) in products.chunks_exact(op.rank).enumerate() {
            let start = bias.map_or(0, |bias| bias[unit]);
            let sum = products.iter().fold(start, |sum, &p| sum.wrapping_add(p));
            let output = to_output.apply_twice_rounded(sum).wrapping_add(output_zero);
            outputs.push(output.clamp(i8::MIN.into(), i8::MAX.into()) as i8);
        }
    }
    vec![Data::I8(outputs), T::data(state)]
}

/// Products of numbers less their zero point with weights, summed; wraps.
fn sum_of_products<X, W>(x: &[X], weights: &[W], zero_point: i32) -> i32
where
    X: Copy + Into<i32>,
    W: Copy + Into<i32>,
{
    let products = x.iter().zip(weights).map(|(&x, &w)| (x.into() - zero_point) * w.into());
    products.fold(0, i32::wrapping_add)
}

/// Puts the newest behind the others and drops the oldest.
fn push<T: Copy>(held: &mut [T], newest: T) {
    held.rotate_left(1);
    held[held.len() - 1] = newest;
}
