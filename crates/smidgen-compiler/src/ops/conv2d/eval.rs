//! Reference of `CONV_2D`.

use super::Conv2d;
use crate::ops::Site;
use crate::ops::requantisation::{DOUBLE, Requantisation};
use crate::tensor::{DType, Data};

pub(super) fn eval(op: &Conv2d, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let out_channels = site.output(0).shape.last();
    if site.input(0).dtype == DType::F32 {
        let bias = inputs.get(2).map(|bias| bias.get::<f32>());
        let start = |oc: usize| bias.map_or(0.0, |b| b[oc]);
        let sums = convolve(op, site, inputs, start, |sum: f32, x: f32, w: f32| sum + x * w);
        return vec![Data::F32(sums.into_iter().map(|sum| op.activation.apply_f32(sum)).collect())];
    }
    let requantisation = Requantisation::new(site, 0, op.activation, DOUBLE)
        .expect("the site's quantisation has been checked");
    let bias = inputs.get(2).map(|bias| bias.get::<i32>());
    let zero_point = requantisation.input_zero_point;
    let start = |oc: usize| bias.map_or(0, |b| b[oc]);
    let mac = |sum: i32, x: i8, w: i8| {
        sum.wrapping_add((i32::from(x) - zero_point).wrapping_mul(w.into()))
    };
    let sums = convolve(op, site, inputs, start, mac);
    let outputs = sums.into_iter().enumerate();
    vec![Data::I8(outputs.map(|(i, sum)| requantisation.apply(i % out_channels, sum)).collect())]
}

/// Sums over all taps inside the input, in the order rows, columns, channels.
fn convolve<T: crate::tensor::Element, S: Copy>(
    op: &Conv2d,
    site: &Site,
    inputs: &[&Data],
    start: impl Fn(usize) -> S,
    mac: impl Fn(S, T, T) -> S,
) -> Vec<S> {
    let (x, filter) = (inputs[0].get::<T>(), inputs[1].get::<T>());
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
