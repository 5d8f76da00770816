//! Sums and differences of two tensors.

use super::arithmetic::Arithmetic;
use super::binary::{self, Scheme};
use super::linear::Ideal;
use super::single_sum::{self, SingleSum};
use super::{BROADCAST, COMMON, REQUANTISE};
use crate::ops::import::Layer;
use crate::ops::{Activation, Arg, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Rounding, round_shift};

const SUM: Source =
    Source { file: "smidgen_scaled_sum.h", text: include_str!("smidgen_scaled_sum.h") };

/// Element types of sums and differences.
pub(crate) const TYPES: &[DType] = &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32];

/// What sums and differences have in common.
pub(crate) trait SumDef: OpDef {
    /// What the second operand is multiplied by: 1 or -1.
    const SIGN: i32;
    /// The same for numbers that are not quantised.
    const PLAIN: Arithmetic;

    /// Clamp of the output.
    fn activation(&self) -> Activation;

    /// Whether int16 operands are shifted, where all scales are powers of two, as LiteRT does, instead
    /// of being multiplied.
    fn is_shifting(&self) -> bool;

    /// Whose sums of int8 are the contract.
    fn rounding(&self) -> Rounding;
}

/// Kernels of a sum or difference.
pub(crate) const fn kernels<O: SumDef>(names: [&'static str; 3]) -> [Kernel<O>; 3] {
    [
        Kernel {
            name: names[0],
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |op, site| {
                if op.rounding() == Rounding::Onnx {
                    return single_sum::lower_s8(op, site);
                }
                lower_s8(op, site)
            },
        },
        Kernel {
            name: names[1],
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I16,
            lower: |op, site| match shifts(op, site) {
                Some(shifts) => lower_shifted(op, site, shifts),
                None => lower_s16(op, site),
            },
        },
        Kernel {
            name: names[2],
            needs: &[],
            accepts: |_, _| true,
            lower: |op, site| O::PLAIN.lower(site, op.activation()),
        },
    ]
}

/// Checks the operands of a sum or difference.
pub(crate) fn check<O: SumDef>(op: &O, site: &Site) -> Result<(), OpError> {
    match site.same_dtype(TYPES)? {
        DType::I8 if op.rounding() == Rounding::Onnx => SingleSum::new(op, site).map(|_| ()),
        DType::I8 | DType::I16 if shifts(op, site).is_none() => Sum::new(op, site).map(|_| ()),
        _ => Ok(()),
    }
}

/// `a + sign * b`; numbers that are not quantised wrap.
pub(crate) fn eval<O: SumDef>(op: &O, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    if let Some(shifts) = shifts(op, site) {
        let (low, high) = output_clamp(op.activation(), site);
        return binary::eval(site, inputs, |a: i16, b: i16| {
            let [a, b] = [(a, shifts[0]), (b, shifts[1])].map(|(x, n)| round_shift(x.into(), n));
            (a + O::SIGN * b).clamp(low, high) as i16
        });
    }
    let is_single = (op.rounding(), site.input(0).dtype) == (Rounding::Onnx, DType::I8);
    let quantised =
        if is_single { SingleSum::eval(op, site, inputs) } else { Sum::eval(op, site, inputs) };
    quantised.unwrap_or_else(|| O::PLAIN.eval(site, inputs, op.activation()))
}

/// Whether an int16 layer with the option `pot_scale_int16` shifts: where scales are powers of two,
/// LiteRT does, but for sums that broadcast, at which it fails.
pub(crate) fn is_shifting(layer: &Layer, option: bool, broadcasts: bool) -> Result<bool, OpError> {
    let (a, b) = (layer.input(0)?, layer.input(1)?);
    let allowed = layer.rounding == Rounding::Litert && (broadcasts || a.shape == b.shape);
    Ok(option && allowed && a.dtype == DType::I16)
}

/// Right shifts of the operands, if they are to be shifted and can be: one is 0.
fn shifts<O: SumDef>(op: &O, site: &Site) -> Option<[i32; 2]> {
    let quants = [site.input_quant(0), site.input_quant(1), site.output_quant(0)];
    if !op.is_shifting() || site.input(0).dtype != DType::I16 {
        return None;
    }
    let mut logarithms = [0; 3];
    for (logarithm, quant) in logarithms.iter_mut().zip(quants) {
        let exact = f64::from(quant.ok()?.0).log2();
        // TFLite's tolerance.
        if (exact - exact.round()).abs() >= 1e-3 {
            return None;
        }
        *logarithm = exact.round() as i32;
    }
    let [a, b, y] = logarithms;
    let shifts = [y - a, y - b];
    (shifts.contains(&0) && shifts.iter().all(|shift| (0..=30).contains(shift))).then_some(shifts)
}

fn lower_shifted<O: SumDef>(op: &O, site: &Site, shifts: [i32; 2]) -> Lowering {
    let (low, high) = output_clamp(op.activation(), site);
    let parameters = [
        ("shift_a", shifts[0]),
        ("shift_b", shifts[1]),
        ("sign", O::SIGN),
        ("low", low),
        ("high", high),
    ];
    lower(site, "smidgen_shifted_sum_s16", &parameters)
}

fn lower(site: &Site, function: &'static str, parameters: &[(&'static str, i32)]) -> Lowering {
    let sources = vec![COMMON, BROADCAST, REQUANTISE, SUM];
    let parameters: Vec<_> = parameters.iter().map(|&(name, x)| (name, Arg::Int(x))).collect();
    binary::lower(site, sources, function, &parameters)
}

pub(super) fn output_clamp(activation: Activation, site: &Site) -> (i32, i32) {
    let (scale, zero_point) = site.output_quant(0).expect("the site's quantisation is checked");
    activation.clamp_integer(site.output(0).dtype, scale, zero_point)
}

/// TFLite's scheme: both operands are brought to twice the larger input scale with more bits, then
/// added, then brought to the output scale. Each step rounds twice.
#[derive(Debug, Clone, PartialEq)]
struct Sum {
    /// Bits by which operands are shifted left before their scales are made equal.
    headroom: i32,
    zero_points: [i32; 2],
    multipliers: [Multiplier; 2],
    /// 1 for a sum, -1 for a difference.
    sign: i32,
    output: Multiplier,
    output_zero_point: i32,
    clamp: (i32, i32),
    ideal: Ideal,
}

impl<O: SumDef> Scheme<O> for Sum {
    fn new(op: &O, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let headroom = if site.output(0).dtype == DType::I16 { 15 } else { 20 };
        let scales = [scale_a, scale_b].map(f64::from);
        let common = 2.0 * scales[0].max(scales[1]);
        let output = common / (f64::from(1 << headroom) * f64::from(output_scale));
        if output >= 1.0 {
            return Err(OpError::unsupported(format!(
                "the output scale `{output_scale}` is too small for inputs of scale `{scale_a}` \
                 and `{scale_b}`"
            )));
        }
        let clamp = output_clamp(op.activation(), site);
        let [a, b] = scales.map(|scale| scale / f64::from(output_scale));
        let factors = [a, b * f64::from(O::SIGN)];
        let constant = -factors[0] * f64::from(zero_a) - factors[1] * f64::from(zero_b);
        Ok(Self {
            headroom,
            zero_points: [zero_a, zero_b],
            multipliers: scales.map(|scale| Multiplier::from_real(scale / common)),
            sign: O::SIGN,
            output: Multiplier::from_real(output),
            output_zero_point,
            clamp,
            ideal: Ideal { factors, constant, zero_point: output_zero_point, clamp },
        })
    }

    fn apply(&self, a: i32, b: i32) -> i32 {
        let scaled = |i: usize, x: i32| {
            self.multipliers[i].apply_twice_rounded((x - self.zero_points[i]) << self.headroom)
        };
        let sum = scaled(0, a) + self.sign * scaled(1, b);
        let y = self.output.apply_twice_rounded(sum) + self.output_zero_point;
        y.clamp(self.clamp.0, self.clamp.1)
    }
}

impl Sum {
    fn parameters(&self) -> [(&'static str, i32); 7] {
        let [a, b] = self.multipliers;
        [
            ("multiplier_a", a.mantissa),
            ("shift_a", a.shift),
            ("multiplier_b", b.mantissa),
            ("shift_b", b.shift),
            ("sign", self.sign),
            ("multiplier", self.output.mantissa),
            ("shift", self.output.shift),
        ]
    }
}

fn lower_s8<O: SumDef>(op: &O, site: &Site) -> Lowering {
    let sum = Sum::checked(op, site);
    Scheme::<O>::lower_s8(&sum, site, Some(&sum.ideal), || {
        let [zero_a, zero_b] = sum.zero_points;
        let mut parameters = vec![("zero_a", zero_a), ("zero_b", zero_b)];
        parameters.extend(sum.parameters());
        parameters.push(("zero_point", sum.output_zero_point));
        parameters.extend([("low", sum.clamp.0), ("high", sum.clamp.1)]);
        lower(site, "smidgen_scaled_sum_s8", &parameters)
    })
}

fn lower_s16<O: SumDef>(op: &O, site: &Site) -> Lowering {
    let sum = Sum::checked(op, site);
    let mut parameters = sum.parameters().to_vec();
    parameters.extend([("low", sum.clamp.0), ("high", sum.clamp.1)]);
    lower(site, "smidgen_scaled_sum_s16", &parameters)
}
