//! Reference of `BATCH_MATMUL`.

use super::{BatchMatmul, Geometry};
use crate::ops::Site;
use crate::ops::requantisation::filter_zero_point;
use crate::tensor::{DType, Data, Element};

pub(super) fn eval(op: &BatchMatmul, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let geometry = op
        .geometry(&site.input(0).shape, &site.input(1).shape)
        .expect("the site's shapes have been checked");
    let checked = "the site's quantisation has been checked";
    match site.input(0).dtype {
        DType::F32 => {
            let sums = products(&geometry, inputs, 0.0, |sum: f32, a: f32, b: f32| sum + a * b);
            vec![Data::F32(sums)]
        }
        DType::I16 => {
            let wide = op.wide(site).expect(checked);
            let mac = |sum: i64, a: i16, b: i16| sum + i64::from(a) * i64::from(b);
            let sums = products(&geometry, inputs, 0, mac);
            vec![Data::I16(sums.into_iter().map(|sum| wide.apply(0, sum)).collect())]
        }
        _ => {
            let requantisation = op.requantisation(site).expect(checked);
            let (left, right) = (requantisation.input_zero_point, filter_zero_point(site));
            let mac = |sum: i32, a: i8, b: i8| {
                sum.wrapping_add((i32::from(a) - left) * (i32::from(b) - right))
            };
            let sums = products(&geometry, inputs, 0, mac);
            vec![Data::I8(sums.into_iter().map(|sum| requantisation.apply(0, sum)).collect())]
        }
    }
}

/// Sums over the depth, in the output's order.
fn products<T: Element, S: Copy>(
    geometry: &Geometry,
    inputs: &[&Data],
    zero: S,
    mac: impl Fn(S, T, T) -> S,
) -> Vec<S> {
    let &Geometry { rows, columns, depth, left, right, ref batches } = geometry;
    let (a, b) = (inputs[0].get::<T>(), inputs[1].get::<T>());
    let mut sums = Vec::with_capacity(batches.shape.elements() * rows * columns);
    for [i, j] in batches.positions() {
        let (first_a, first_b) = (i * rows * depth, j * depth * columns);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |c| (row, c))) {
            sums.push((0..depth).fold(zero, |sum, i| {
                let x = a[first_a + row * left[0] + i * left[1]];
                mac(sum, x, b[first_b + i * right[0] + column * right[1]])
            }));
        }
    }
    sums
}
