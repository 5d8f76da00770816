//! Sums and differences of two int8 tensors of different scales.

use super::linear::Ideal;
use super::{BROADCAST, COMMON, REQUANTISE, binary, float_math};
use crate::ops::{Activation, Arg, Lowering, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier};

const SUM_S8: Source = Source { file: "smidgen_sum_s8.h", text: include_str!("smidgen_sum_s8.h") };

/// Bits by which operands are shifted left before their scales are made equal.
const HEADROOM: i32 = 20;

/// TFLite's scheme: both operands are brought to twice the larger input scale with 20 more bits,
/// then added, then brought to the output scale. Each step rounds twice.
#[derive(Debug, Clone, PartialEq)]
struct Sum {
    zero_points: [i32; 2],
    multipliers: [Multiplier; 2],
    /// 1 for a sum, -1 for a difference.
    sign: i32,
    output: Multiplier,
    output_zero_point: i32,
    clamp: (i32, i32),
    ideal: Ideal,
}

impl Sum {
    fn new(site: &Site, activation: Activation, sign: i32) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let scales = [scale_a, scale_b].map(f64::from);
        let common = 2.0 * scales[0].max(scales[1]);
        let output = common / (f64::from(1 << HEADROOM) * f64::from(output_scale));
        if output >= 1.0 {
            return Err(OpError::unsupported(format!(
                "the output scale `{output_scale}` is too small for inputs of scale `{scale_a}` \
                 and `{scale_b}`"
            )));
        }
        let clamp = activation.clamp_i8(output_scale, output_zero_point);
        let [a, b] = scales.map(|scale| scale / f64::from(output_scale));
        let factors = [a, b * f64::from(sign)];
        let constant = -factors[0] * f64::from(zero_a) - factors[1] * f64::from(zero_b);
        Ok(Self {
            zero_points: [zero_a, zero_b],
            multipliers: scales.map(|scale| Multiplier::from_real(scale / common)),
            sign,
            output: Multiplier::from_real(output),
            output_zero_point,
            clamp,
            ideal: Ideal { factors, constant, zero_point: output_zero_point, clamp },
        })
    }

    fn apply(&self, a: i8, b: i8) -> i8 {
        let scaled = |i: usize, x: i8| {
            let shifted = (i32::from(x) - self.zero_points[i]) << HEADROOM;
            self.multipliers[i].apply_twice_rounded(shifted)
        };
        let sum = scaled(0, a) + self.sign * scaled(1, b);
        let y = self.output.apply_twice_rounded(sum) + self.output_zero_point;
        y.clamp(self.clamp.0, self.clamp.1) as i8
    }
}

/// Checks the operands of a sum or difference.
pub(crate) fn check(site: &Site, activation: Activation, sign: i32) -> Result<(), OpError> {
    match site.same_dtype(&[DType::I8, DType::I32, DType::F32])? {
        DType::I8 => Sum::new(site, activation, sign).map(|_| ()),
        _ => Ok(()),
    }
}

/// `a + sign * b`; int32 wraps.
pub(crate) fn eval(site: &Site, inputs: &[&Data], activation: Activation, sign: i32) -> Vec<Data> {
    match site.input(0).dtype {
        DType::I8 => {
            let sum = new(site, activation, sign);
            binary::eval(site, inputs, |a, b| sum.apply(a, b))
        }
        DType::I32 => {
            let (low, high) = binary::clamp_i32(activation);
            let sum = |a: i32, b: i32| a.wrapping_add(sign.wrapping_mul(b)).clamp(low, high);
            binary::eval(site, inputs, sum)
        }
        _ => {
            let (low, high) = activation.clamp_f32();
            let sum = |a: f32, b: f32| if sign > 0 { a + b } else { a - b };
            binary::eval(site, inputs, |a, b| float_math::clamp(sum(a, b), low, high))
        }
    }
}

/// Code for int8 operands.
pub(crate) fn lower_s8(site: &Site, activation: Activation, sign: i32) -> Lowering {
    let sum = new(site, activation, sign);
    let general = || general(site, &sum);
    binary::lower_s8(site, Some(&sum.ideal), |a, b| sum.apply(a, b), general)
}

fn new(site: &Site, activation: Activation, sign: i32) -> Sum {
    Sum::new(site, activation, sign).expect("the site's quantisation has been checked")
}

fn general(site: &Site, sum: &Sum) -> Lowering {
    let [a, b] = sum.multipliers;
    let parameters = [
        ("zero_a", sum.zero_points[0]),
        ("zero_b", sum.zero_points[1]),
        ("multiplier_a", a.mantissa),
        ("shift_a", a.shift),
        ("multiplier_b", b.mantissa),
        ("shift_b", b.shift),
        ("sign", sum.sign),
        ("multiplier", sum.output.mantissa),
        ("shift", sum.output.shift),
        ("zero_point", sum.output_zero_point),
        ("low", sum.clamp.0),
        ("high", sum.clamp.1),
    ];
    let sources = vec![COMMON, BROADCAST, REQUANTISE, SUM_S8];
    let parameters = parameters.map(|(name, x)| (name, Arg::Int(x)));
    binary::lower(site, sources, "smidgen_sum_s8", &parameters)
}
