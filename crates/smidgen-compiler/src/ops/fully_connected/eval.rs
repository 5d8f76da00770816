//! Reference of `FULLY_CONNECTED`.

use super::{FullyConnected, filter_zero_point};
use crate::ops::Site;
use crate::tensor::{Data, Element};

pub(super) fn eval(op: &FullyConnected, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    if let Data::F32(_) = inputs[0] {
        let bias = inputs.get(2).map(|bias| bias.get::<f32>());
        let start = |unit: usize| bias.map_or(0.0, |b| b[unit]);
        let sums = products(site, inputs, start, |sum: f32, x: f32, w: f32| sum + x * w);
        let clamp = |sum| op.activation.apply_f32(sum);
        return vec![Data::F32(sums.into_iter().map(clamp).collect())];
    }
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let bias = inputs.get(2).map(|bias| bias.get::<i32>());
    let (input_zero, filter_zero) = (requantisation.input_zero_point, filter_zero_point(site));
    let start = |unit: usize| bias.map_or(0, |b| b[unit]);
    let mac = |sum: i32, x: i8, w: i8| {
        sum.wrapping_add((i32::from(x) - input_zero) * (i32::from(w) - filter_zero))
    };
    let sums = products(site, inputs, start, mac);
    let units = site.input(1).shape[0];
    let outputs = sums.into_iter().enumerate();
    vec![Data::I8(outputs.map(|(i, sum)| requantisation.apply(i % units, sum)).collect())]
}

fn products<T: Element, S: Copy>(
    site: &Site,
    inputs: &[&Data],
    start: impl Fn(usize) -> S,
    mac: impl Fn(S, T, T) -> S,
) -> Vec<S> {
    let depth = site.input(1).shape.last();
    let vectors = inputs[0].get::<T>().chunks_exact(depth);
    let rows = || inputs[1].get::<T>().chunks_exact(depth).enumerate();
    let product = |x: &[T], (unit, w): (usize, &[T])| {
        x.iter().zip(w).fold(start(unit), |sum, (&x, &w)| mac(sum, x, w))
    };
    vectors.flat_map(|x| rows().map(|row| product(x, row)).collect::<Vec<_>>()).collect()
}
