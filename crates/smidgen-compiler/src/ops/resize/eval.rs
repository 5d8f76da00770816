//! Reference of `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR`.

use super::{Method, Resize};
use crate::for_each_dtype;
use crate::ops::Site;
use crate::tensor::{Data, Element};

pub(super) fn eval(op: &Resize, site: &Site, input: &Data) -> Data {
    let to_i8 = |number: i64| number as i8;
    match (op.method, input) {
        (Method::Nearest, _) => for_each_dtype!(input, x => nearest(op, site, x)),
        (Method::Bilinear, Data::F32(x)) => Data::F32(in_float(op, site, x, |x| x)),
        (Method::Bilinear, Data::I16(x)) => {
            Data::I16(fixed(op, site, x).into_iter().map(|number| number as i16).collect())
        }
        (Method::Bilinear, _) => {
            Data::I8(fixed(op, site, input.get::<i8>()).into_iter().map(to_i8).collect())
        }
        (Method::BilinearInFloat, _) => {
            let numbers = in_float(op, site, input.get::<i8>(), |x| f32::from(x) + 128.0);
            let rounded = numbers.into_iter().map(|number| (number + 0.5) as i64 - 128);
            Data::I8(rounded.map(to_i8).collect())
        }
    }
}

/// Every output element, as `f` of its batch, row, column and channel.
fn each<Y>(site: &Site, mut f: impl FnMut(usize, usize, usize, usize) -> Y) -> Vec<Y> {
    let &[n, h, w, c] = site.output(0).shape.dims() else { unreachable!("checked rank") };
    let mut output = Vec::with_capacity(n * h * w * c);
    for (batch, y) in (0..n).flat_map(|batch| (0..h).map(move |y| (batch, y))) {
        for (x, channel) in (0..w).flat_map(|x| (0..c).map(move |channel| (x, channel))) {
            output.push(f(batch, y, x, channel));
        }
    }
    output
}

/// Rows and columns of the input and of the output.
fn sides(site: &Site) -> [[usize; 2]; 2] {
    [0, 1].map(|axis| [site.input(0).shape[1 + axis], site.output(0).shape[1 + axis]])
}

fn nearest<T: Element>(op: &Resize, site: &Site, input: &[T]) -> Data {
    let [rows, columns] = sides(site).map(|[from, to]| op.nearest(from, to));
    let &[_, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
    T::data(each(site, |batch, y, x, channel| {
        input[((batch * h + rows[y]) * w + columns[x]) * c + channel]
    }))
}

/// The two rows or columns that an output row or column lies between, and how far behind the first.
struct Between<F> {
    low: usize,
    high: usize,
    fraction: F,
}

/// TFLite's `ResizeBilinearInteger`: halves away from zero.
fn fixed<T: Element + Into<i64>>(op: &Resize, site: &Site, input: &[T]) -> Vec<i64> {
    let [rows, columns] = sides(site).map(|[from, to]| {
        let scale = op.scale_10(from, to) as i64;
        let offset = if op.half_pixel_centers { scale / 2 - 512 } else { 0 };
        let last = from as i64 - 1;
        let between = |index: i64| {
            let at = index * scale + offset;
            let (low, high) = ((at / 1024).clamp(0, last), ((at + 1023) / 1024).min(last));
            let fraction = if low == high { 0 } else { at - 1024 * low };
            Between { low: low as usize, high: high as usize, fraction }
        };
        (0..to as i64).map(between).collect::<Vec<_>>()
    });
    let pixel = pixels(site, input);
    each(site, |batch, y, x, channel| {
        let (row, column) = (&rows[y], &columns[x]);
        let at = |y: usize, x: usize| -> i64 { pixel(batch, y, x, channel).into() };
        let across =
            |x: usize| at(row.low, x) * (1024 - row.fraction) + at(row.high, x) * row.fraction;
        let sum =
            across(column.low) * (1024 - column.fraction) + across(column.high) * column.fraction;
        let half = if sum > 0 { 1 << 19 } else { -(1 << 19) };
        (sum + half) / (1 << 20)
    })
}

/// TFLite's `ResizeBilinear`, of elements as `real` numbers.
fn in_float<T: Element>(
    op: &Resize,
    site: &Site,
    input: &[T],
    real: impl Fn(T) -> f32,
) -> Vec<f32> {
    let [rows, columns] = sides(site).map(|[from, to]| {
        let scale = op.scale(from, to);
        let between = |index: usize| {
            let at = if op.half_pixel_centers {
                (index as f32 + 0.5) * scale - 0.5
            } else {
                index as f32 * scale
            };
            let low = (at as usize).min(from - 1);
            let high = (at.max(0.0).ceil() as usize).min(from - 1);
            Between { low, high, fraction: at - low as f32 }
        };
        (0..to).map(between).collect::<Vec<_>>()
    });
    let pixel = pixels(site, input);
    each(site, |batch, y, x, channel| {
        let (row, column) = (&rows[y], &columns[x]);
        let at = |y: usize, x: usize| real(pixel(batch, y, x, channel));
        let (up, left) = (1.0 - row.fraction, 1.0 - column.fraction);
        at(row.low, column.low) * up * left
            + at(row.high, column.low) * row.fraction * left
            + at(row.low, column.high) * up * column.fraction
            + at(row.high, column.high) * row.fraction * column.fraction
    })
}

/// The element at batch, row, column and channel.
fn pixels<T: Copy>(site: &Site, input: &[T]) -> impl Fn(usize, usize, usize, usize) -> T {
    let &[_, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
    move |batch, y, x, channel| input[((batch * h + y) * w + x) * c + channel]
}
