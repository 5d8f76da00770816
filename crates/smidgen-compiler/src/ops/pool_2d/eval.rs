//! Reference of the pools.

use super::{Function, Pool2d};
use crate::ops::Site;
use crate::tensor::Data;

pub(super) fn eval(op: &Pool2d, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    vec![match inputs[0] {
        Data::F32(x) => Data::F32(map_windows(op, site, x, |window| op.float(window))),
        Data::I16(x) => {
            let (low, high) = op.clamp_integer(site);
            Data::I16(map_windows(op, site, x, |w| op.integer(w).clamp(low, high) as i16))
        }
        other => {
            let (low, high) = op.clamp_integer(site);
            Data::I8(map_windows(op, site, other.get::<i8>(), |window| {
                op.integer(window).clamp(low, high) as i8
            }))
        }
    }]
}

impl Pool2d {
    fn integer<T: Copy + Into<i32>>(&self, window: &[T]) -> i32 {
        let elements = window.iter().map(|&x| x.into());
        if self.function == Function::Max {
            return elements.fold(i32::MIN, i32::max);
        }
        let (sum, count) = (elements.sum::<i32>(), window.len() as i32);
        let half = count / 2;
        match self.function {
            Function::AverageUp => (sum + half).div_euclid(count),
            _ if sum > 0 => (sum + half) / count,
            _ => (sum - half) / count,
        }
    }

    fn float(&self, window: &[f32]) -> f32 {
        let count = window.len() as f32;
        self.activation.apply_f32(match self.function {
            Function::Max => window.iter().fold(f32::MIN, |max, &x| if max < x { x } else { max }),
            Function::L2 => (window.iter().fold(0.0, |sum, x| sum + x * x) / count).sqrt(),
            _ => window.iter().fold(0.0, |sum, x| sum + x) / count,
        })
    }
}

/// Reduces each window of each channel: `reduce` sees the elements inside the input in the order
/// rows, columns.
fn map_windows<T: Copy>(op: &Pool2d, site: &Site, x: &[T], reduce: impl Fn(&[T]) -> T) -> Vec<T> {
    let [_, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
    let [n, oh, ow, _] = site.output(0).shape.dims() else { unreachable!("checked rank") };
    let inside = |axis: usize, index, size| {
        (0..op.kernel[axis]).filter_map(move |k| op.window.tap(axis, index, k, size))
    };
    let mut outputs = Vec::with_capacity(n * oh * ow * c);
    let mut window = Vec::new();
    for row in 0..n * oh {
        let (batch, oy) = (row / oh, row % oh);
        for (ox, channel) in (0..*ow).flat_map(|ox| (0..*c).map(move |c| (ox, c))) {
            window.clear();
            window.extend(inside(0, oy, *h).flat_map(|iy| {
                inside(1, ox, *w).map(move |ix| x[((batch * h + iy) * w + ix) * c + channel])
            }));
            outputs.push(reduce(&window));
        }
    }
    outputs
}
