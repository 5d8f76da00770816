//! Reference of `CONV_2D`.

use super::{Conv2d, wide};
use crate::ops::Site;
use crate::ops::requantisation::{DOUBLE, Requantisation, filter_zero_point};
use crate::ops::wide::bias_at;
use crate::tensor::{DType, Data, Element};

pub(super) fn eval(op: &Conv2d, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let channels = site.output(0).shape.last();
    let bias = inputs.get(2);
    match site.input(0).dtype {
        DType::F32 => {
            let start = |oc: usize| bias.map_or(0.0, |b| b.get::<f32>()[oc]);
            let sums = convolve(op, site, inputs, start, |sum: f32, x: f32, w: f32| sum + x * w);
            let clamp = |sum| op.activation.apply_f32(sum);
            vec![Data::F32(sums.into_iter().map(clamp).collect())]
        }
        DType::I16 => {
            let wide = wide(site, 0, op.activation).expect("the quantisation has been checked");
            let start = |oc: usize| bias.map_or(0, |b| bias_at(b, oc));
            let mac = |sum: i64, x: i16, w: i8| sum.wrapping_add(i64::from(x) * i64::from(w));
            let sums = convolve(op, site, inputs, start, mac);
            let outputs = sums.into_iter().enumerate();
            vec![Data::I16(outputs.map(|(i, sum)| wide.apply(i % channels, sum)).collect())]
        }
        _ => {
            let requantisation = Requantisation::new(site, 0, op.activation, DOUBLE)
                .expect("the quantisation has been checked");
            let zero_point = requantisation.input_zero_point;
            let filter_zero_point = filter_zero_point(site);
            let start = |oc: usize| bias.map_or(0, |b| b.get::<i32>()[oc]);
            let mac = |sum: i32, x: i8, w: i8| {
                let (x, w) = (i32::from(x) - zero_point, i32::from(w) - filter_zero_point);
                sum.wrapping_add(x * w)
            };
            let sums = convolve(op, site, inputs, start, mac);
            let outputs = sums.into_iter().enumerate();
            let apply = |(i, sum)| requantisation.apply(i % channels, sum);
            vec![Data::I8(outputs.map(apply).collect())]
        }
    }
}

/// Sums over all taps inside the input, in the order rows, columns, channels.
fn convolve<X: Element, W: Element, S: Copy>(
    op: &Conv2d,
    site: &Site,
    inputs: &[&Data],
    start: impl Fn(usize) -> S,
    mac: impl Fn(S, X, W) -> S,
) -> Vec<S> {
    let (x, filter) = (inputs[0].get::<X>(), inputs[1].get::<W>());
    let [_, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
    let [_, kh, kw, ic] = site.input(1).shape.dims() else { unreachable!("checked rank") };
    let [n, oh, ow, oc] = site.output(0).shape.dims() else { unreachable!("checked rank") };
    let channels_per_group = oc / (c / ic);
    let mut sums = Vec::with_capacity(n * oh * ow * oc);
    for batch in 0..*n {
        for (oy, ox) in (0..*oh).flat_map(|oy| (0..*ow).map(move |ox| (oy, ox))) {
            for channel in 0..*oc {
                let first = channel / channels_per_group * ic;
                let mut sum = start(channel);
                for (ky, kx) in (0..*kh).flat_map(|ky| (0..*kw).map(move |kx| (ky, kx))) {
                    let at = (op.window.tap(0, oy, ky, *h), op.window.tap(1, ox, kx, *w));
                    let (Some(iy), Some(ix)) = at else { continue };
                    let pixel = &x[((batch * h + iy) * w + ix) * c + first..][..*ic];
                    let taps = &filter[((channel * kh + ky) * kw + kx) * ic..][..*ic];
                    sum = pixel.iter().zip(taps).fold(sum, |sum, (&x, &w)| mac(sum, x, w));
                }
                sums.push(sum);
            }
        }
    }
    sums
}
