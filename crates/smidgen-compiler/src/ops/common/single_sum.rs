//! Sums and differences of int8 as onnxruntime's `QLinearAdd` computes them: in single precision, with
//! products that are not rounded before they are added.
//!
//! Numbers are integers in units of a power of two, so that the same is easy to compute without floats.

use super::binary::{self, Scheme};
use super::linear::Ideal;
use super::sum::{SumDef, output_clamp};
use super::{BROADCAST, COMMON, REQUANTISE};
use crate::ops::{Arg, CArray, Constant, Lowering, OpError, Site, Source};

const SUM: Source =
    Source { file: "smidgen_single_sum.h", text: include_str!("smidgen_single_sum.h") };

/// Most binary places of the terms.
const MAX_POINT: i32 = 40;

/// `a * factors[0] + (b * factors[1] + constant)`, where each sum has 24 bits and the result is the
/// nearest integer, halves to even.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SingleSum {
    factors: [i64; 2],
    constant: i64,
    /// Binary places of these.
    point: i32,
    clamp: (i32, i32),
    ideal: Ideal,
}

impl<O: SumDef> Scheme<O> for SingleSum {
    fn new(op: &O, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (scale, zero_point) = site.output_quant(0)?;
        let (a, b) = (scale_a / scale, scale_b / scale * O::SIGN as f32);
        let constant = zero_point as f32 - (a * zero_a as f32 + b * zero_b as f32);
        let largest = [a * 128.0, b * 128.0, constant].map(|x| f64::from(x).abs());
        let bits = largest.iter().sum::<f64>().log2().ceil();
        if !bits.is_finite() || bits > 22.0 {
            return Err(OpError::unsupported(format!(
                "the output scale `{scale}` is too small for inputs of scale `{scale_a}` and \
                 `{scale_b}`"
            )));
        }
        // 24 significant bits of the smallest term, if 62 bits hold the sum.
        let point = MAX_POINT.min(61 - bits.max(0.0) as i32);
        let fixed = |x: f32| (f64::from(x) * 2f64.powi(point)).round() as i64;
        let clamp = output_clamp(op.activation(), site);
        let factors = [a, b].map(f64::from);
        let ideal = Ideal {
            factors,
            constant: f64::from(constant) - f64::from(zero_point),
            zero_point,
            clamp,
        };
        Ok(Self { factors: [fixed(a), fixed(b)], constant: fixed(constant), point, clamp, ideal })
    }

    fn apply(&self, a: i32, b: i32) -> i32 {
        let inner = single(i64::from(b) * self.factors[1] + self.constant);
        let sum = single(i64::from(a) * self.factors[0] + inner);
        (shift_to_even(sum, self.point) as i32).clamp(self.clamp.0, self.clamp.1)
    }
}

/// `v` with 24 significant bits, halves to even.
fn single(v: i64) -> i64 {
    let excess = (40 - v.unsigned_abs().leading_zeros() as i32).max(0);
    shift_to_even(v, excess) << excess
}

/// `v / 2^places`, halves to even.
fn shift_to_even(v: i64, places: i32) -> i64 {
    if places == 0 {
        return v;
    }
    (v + (1 << (places - 1)) - 1 + (v >> places & 1)) >> places
}

pub(super) fn lower_s8<O: SumDef>(op: &O, site: &Site) -> Lowering {
    let sum: SingleSum = Scheme::<O>::checked(op, site);
    Scheme::<O>::lower_s8(&sum, site, Some(&sum.ideal), || general(&sum, site))
}

/// Nearly the function in 32 bits, and the function itself where that is next to a half.
fn general(sum: &SingleSum, site: &Site) -> Lowering {
    let real = |x: i64| x as f64 * 2f64.powi(-sum.point);
    let terms = [sum.factors[0] << 7, sum.factors[1] << 7, sum.constant].map(|x| real(x).abs());
    let largest: f64 = terms.iter().sum::<f64>() + 130.0;
    let shift =
        (0..22).rev().find(|&shift| largest * 2f64.powi(shift) < 2f64.powi(31)).unwrap_or(0);
    let fixed = |x: i64| (real(x) * 2f64.powi(shift)).round() as i32;
    // Less than half a bit of 24 twice, and the rounding of factors and offset.
    let near = ((largest + 512.0) * 2f64.powi(shift - 24)).ceil() as i32 + 130;
    let half = (1 << shift) / 2 - (sum.clamp.0 << shift);
    let terms = vec![sum.factors[0], sum.factors[1], sum.constant];
    let terms = Constant { name: "terms", is_weight: false, data: CArray::I64(terms) };
    let parameters = [
        ("factor_a", Arg::Int(fixed(sum.factors[0]))),
        ("factor_b", Arg::Int(fixed(sum.factors[1]))),
        ("offset", Arg::Int(fixed(sum.constant).saturating_add(half))),
        ("shift", Arg::Int(shift)),
        ("near", Arg::Int(near)),
        ("point", Arg::Int(sum.point)),
        ("low", Arg::Int(sum.clamp.0)),
        ("high", Arg::Int(sum.clamp.1)),
    ];
    let sources = vec![COMMON, BROADCAST, REQUANTISE, SUM];
    let mut lowering = binary::lower(site, sources, "smidgen_single_sum_s8", &parameters);
    if let Lowering::Code(code) = &mut lowering {
        let place = Arg::Constant(code.constants.len());
        code.calls.iter_mut().for_each(|call| call.args.push(("terms", place)));
        code.constants.push(terms);
    }
    lowering
}
