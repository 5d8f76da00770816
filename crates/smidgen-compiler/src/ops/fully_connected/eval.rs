//! Reference of `FULLY_CONNECTED`.

use super::FullyConnected;
use crate::ops::Site;
use crate::ops::requantisation::filter_zero_point;
use crate::ops::wide::bias_at;
use crate::tensor::{DType, Data, Element};

pub(super) fn eval(op: &FullyConnected, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    if let Data::F32(_) = inputs[0] {
        let bias = inputs.get(2).map(|bias| bias.get::<f32>());
        let start = |unit: usize| bias.map_or(0.0, |b| b[unit]);
        let sums = products(site, inputs, start, |sum: f32, x: f32, w: f32| sum + x * w);
        let clamp = |sum| op.activation.apply_f32(sum);
        return vec![Data::F32(sums.into_iter().map(clamp).collect())];
    }
    let filter_zero = filter_zero_point(site);
    let units = site.input(1).shape[0];
    if let Data::I16(_) = inputs[0] {
        let wide = op.wide(site).expect("the site's quantisation has been checked");
        let start = |unit: usize| inputs.get(2).map_or(0, |bias| bias_at(bias, unit));
        let mac =
            |sum: i64, x: i16, w: i32| sum.wrapping_add(i64::from(x) * i64::from(w - filter_zero));
        let sums = match site.input(1).dtype {
            DType::I16 => products(site, inputs, start, |sum, x, w: i16| mac(sum, x, w.into())),
            _ => products(site, inputs, start, |sum, x, w: i8| mac(sum, x, w.into())),
        };
        let outputs = sums.into_iter().enumerate();
        return vec![Data::I16(outputs.map(|(i, sum)| wide.apply(i % units, sum)).collect())];
    }
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let bias = inputs.get(2).map(|bias| bias.get::<i32>());
    let input_zero = requantisation.input_zero_point;
    let start = |unit: usize| bias.map_or(0, |b| b[unit]);
    let mac = |sum: i32, x: i8, w: i8| {
        sum.wrapping_add((i32::from(x) - input_zero) * (i32::from(w) - filter_zero))
    };
    let sums = products(site, inputs, start, mac);
    let outputs = sums.into_iter().enumerate();
    vec![Data::I8(outputs.map(|(i, sum)| requantisation.apply(i % units, sum)).collect())]
}

fn products<X: Element, W: Element, S: Copy>(
    site: &Site,
    inputs: &[&Data],
    start: impl Fn(usize) -> S,
    mac: impl Fn(S, X, W) -> S,
) -> Vec<S> {
    let depth = site.input(1).shape.last();
    let vectors = inputs[0].get::<X>().chunks_exact(depth);
    let rows = || inputs[1].get::<W>().chunks_exact(depth).enumerate();
    let product = |x: &[X], (unit, w): (usize, &[W])| {
        x.iter().zip(w).fold(start(unit), |sum, (&x, &w)| mac(sum, x, w))
    };
    vectors.flat_map(|x| rows().map(|row| product(x, row)).collect::<Vec<_>>()).collect()
}
