//! Tables of functions of integers, as TFLite's kernels make and read them.

use super::COMMON;
use crate::ops::Source;

/// What reads a table of 513 numbers between which it interpolates.
pub(crate) const SOURCES: [Source; 2] =
    [COMMON, Source { file: "smidgen_table_s16.h", text: include_str!("smidgen_table_s16.h") }];

/// Scale and zero point.
type Affine = (f32, i32);

/// The results of `f` for all int8 numbers, those of 0 to 127 before those of -128 to -1: TFLite's
/// `LUTPopulateInt8`.
pub(crate) fn int8(input: Affine, output: Affine, f: impl Fn(f32) -> f32) -> [i8; 256] {
    std::array::from_fn(|x| {
        let real = input.0 * (i32::from(x as u8 as i8) - input.1) as f32;
        let y = (f(real) * (1.0 / output.0)).round();
        ((y + output.1 as f32) as i32).clamp(-128, 127) as i8
    })
}

/// The same as onnxruntime makes them: the quotient by the output's scale, halves to even.
pub(crate) fn nearest(input: Affine, output: Affine, f: impl Fn(f32) -> f32) -> [i8; 256] {
    std::array::from_fn(|x| {
        let real = input.0 * (i32::from(x as u8 as i8) - input.1) as f32;
        let steps = (f(real) / output.0).clamp(-512.0, 512.0).round_ties_even() as i32;
        (steps + output.1).clamp(-128, 127) as i8
    })
}

/// Numbers in a table of int16.
const STEPS: u32 = 512;

/// 513 results of `f` for int16 numbers 128 apart, corrected so that numbers between them get a better
/// interpolation: TFLite's `LUTPopulateInt16` in single precision.
pub(crate) fn int16(input: f32, output: f32, f: impl Fn(f32) -> f32) -> Vec<i16> {
    let single = |x: f64| f64::from(x as f32);
    let bounds = |scale: f32| [scale * -32768.0, scale * 32767.0];
    let [low, high] = bounds(output);
    let unit = single(65536.0 / f64::from(high - low));
    let f = |x: f64| f64::from(f(x as f32));
    sampled(bounds(input).map(f64::from), unit, f, single)
}

/// A table of `f` over the range `[from, to]` in units of 1 / `unit`. `round` is applied after every
/// step, and makes it one of single precision.
pub(crate) fn sampled(
    [from, to]: [f64; 2],
    unit: f64,
    f: impl Fn(f64) -> f64,
    round: impl Fn(f64) -> f64,
) -> Vec<i16> {
    let step = round(round(to - from) / f64::from(STEPS));
    let at = |i: u32| round(from + round(f64::from(i) * step));
    let value = |x: f64| round(f(x) * unit);
    let narrow = |y: f64| y.clamp(-32768.0, 32767.0) as i16;
    let entry = |i: u32| {
        let here = value(at(i)).round();
        let interpolated = round(round(value(at(i + 1)) + here) / 2.0).round();
        let middle = value(round(at(i) + step / 2.0)).round();
        narrow(round(here - round(round(interpolated - middle) / 2.0).round()))
    };
    (0..STEPS).map(entry).chain([narrow(value(to).round())]).collect()
}

/// The entry for `x` in a table of 513 numbers, interpolated.
pub(crate) fn look_up(table: &[i16], x: i16) -> i16 {
    let index = (256 + (i32::from(x) >> 7)) as usize;
    let slope = table[index + 1].wrapping_sub(table[index]);
    let rise = (i32::from(slope) * i32::from(x & 127) + 64) >> 7;
    table[index].wrapping_add(rise as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn int16_tables_interpolate() {
        let table = int16(10.0 / 32768.0, 1.0 / 32768.0, |x| (x * 0.3).sin());
        for x in (i16::MIN..=i16::MAX).step_by(37) {
            let exact = (f64::from(x) * 3.0 / 32768.0).sin() * 32768.0;
            let error = (f64::from(look_up(&table, x)) - exact).abs();
            assert!(error < 4.0, "{x}: {error}");
        }
    }
}
