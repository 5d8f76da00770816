//! A softmax of int8 as onnxruntime's `QLinearSoftmax` computes it: exponentials from a table of floats, a
//! sum and quotients in single precision.

use super::{Softmax, kernels};
use crate::ops::common::{COMMON, real};
use crate::ops::{Arg, CArray, Call, Constant, Lowered, Lowering, OpError, Site, Source};

const SOURCE: Source =
    Source { file: "smidgen_softmax_single_s8.h", text: include_str!("softmax_single_s8.h") };

/// Table, scale and zero point.
pub(super) struct Single {
    /// The exponentials of the differences to the row's greatest element, times a number with which
    /// their sum is large, but finite.
    exponentials: Vec<f32>,
    /// Steps of the output in 1.
    steps: f32,
    zero_point: i32,
    classes: usize,
}

/// Any scale goes.
pub(super) fn check(site: &Site) -> Result<(), OpError> {
    site.input_quant(0)?;
    site.output_quant(0).map(|_| ())
}

impl Single {
    /// That of a checked site.
    pub(super) fn new(op: &Softmax, site: &Site) -> Self {
        let checked = "the site's quantisation has been checked";
        let scale = f64::from(site.input_quant(0).expect(checked).0 * op.beta);
        let (output, zero_point) = site.output_quant(0).expect(checked);
        let classes = site.input(0).shape.last();
        let room = f64::from(real::log(f64::from(f32::MAX / classes as f32)) as f32);
        let shift = (room - 5.0).max(0.0) / scale;
        let exponential =
            |difference: u8| real::exp((shift - f64::from(difference)) * scale) as f32;
        let exponentials = (0..=255).map(exponential).collect();
        Self { exponentials, steps: (1.0 / output).floor(), zero_point, classes }
    }

    /// All rows.
    pub(super) fn eval(&self, x: &[i8]) -> Vec<i8> {
        x.chunks(self.classes).flat_map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &[i8]) -> Vec<i8> {
        let max = row.iter().copied().max().unwrap_or(0);
        let exponential = |x: i8| self.exponentials[(i32::from(max) - i32::from(x)) as usize];
        let sum = row.iter().fold(0.0, |sum, &x| sum + exponential(x));
        let output = |&x: &i8| {
            let real = exponential(x) * self.steps / sum;
            (real.round_ties_even().min(512.0) as i32 + self.zero_point).clamp(-128, 127) as i8
        };
        row.iter().map(output).collect()
    }
}

pub(super) fn lower(op: &Softmax, site: &Site) -> Lowering {
    let Single { exponentials, steps, zero_point, .. } = Single::new(op, site);
    let mut args =
        vec![("x", Arg::Input(0)), ("exponentials", Arg::Constant(0)), ("y", Arg::Output(0))];
    args.extend([("steps", Arg::Float(steps)), ("zero_point", Arg::Int(zero_point))]);
    args.extend(kernels::sizes(site));
    let data = CArray::F32(exponentials);
    Lowering::Code(Lowered {
        sources: vec![COMMON, SOURCE],
        constants: vec![Constant { name: "exponentials", is_weight: false, data }],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_softmax_single_s8", args }],
    })
}
