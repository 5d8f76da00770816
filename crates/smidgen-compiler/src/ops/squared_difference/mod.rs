//! `SQUARED_DIFFERENCE`: the square of the difference of two tensors, with broadcasting.
//!
//! Inputs: two tensors of int8, int16, int32 or float32 whose shapes agree where neither is 1. Output:
//! their broadcast shape. int32 wraps.

pub(super) mod cases;
mod export;
mod import;

use super::common::binary::{self, Functions, Scheme, functions};
use super::common::{BROADCAST, COMMON, REQUANTISE};
use super::{Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Shape, TensorType};

/// A squared difference; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct SquaredDifference;

const SOURCE: Source =
    Source { file: "smidgen_squared_difference.h", text: include_str!("squared_difference.h") };

const FUNCTIONS: Functions = functions!("squared_difference");

impl OpDef for SquaredDifference {
    const NAME: &'static str = "SQUARED_DIFFERENCE";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "squared_difference", needs: &[], accepts: |_, _| true, lower }];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        Square::check(self, site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let plain = || match site.input(0).dtype {
            DType::F32 => binary::eval(site, inputs, |a: f32, b: f32| (a - b) * (a - b)),
            _ => binary::eval(site, inputs, |a: i32, b: i32| {
                a.wrapping_sub(b).wrapping_mul(a.wrapping_sub(b))
            }),
        };
        Square::eval(self, site, inputs).unwrap_or_else(plain)
    }
}

fn lower(op: &SquaredDifference, site: &Site) -> Lowering {
    let sources = vec![COMMON, BROADCAST, REQUANTISE, SOURCE];
    let dtype = site.input(0).dtype;
    if !matches!(dtype, DType::I8 | DType::I16) {
        return binary::lower(site, sources, FUNCTIONS.of(dtype), &[]);
    }
    let square = Square::checked(op, site);
    square.lower(site, sources, &FUNCTIONS, &square.parameters())
}

/// TFLite's scheme: both operands are brought to twice the larger input scale with more bits, then
/// subtracted and squared, then brought to the output scale. Each step rounds twice.
#[derive(Debug, Clone, PartialEq)]
struct Square {
    /// Bits by which operands are shifted left before their scales are made equal.
    headroom: i32,
    zero_points: [i32; 2],
    multipliers: [Multiplier; 2],
    output: Multiplier,
    output_zero_point: i32,
    clamp: (i32, i32),
}

impl Scheme<SquaredDifference> for Square {
    fn new(_: &SquaredDifference, site: &Site) -> Result<Self, OpError> {
        let ((scale_a, zero_a), (scale_b, zero_b)) = (site.input_quant(0)?, site.input_quant(1)?);
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let (headroom, clamp) = match site.output(0).dtype {
            DType::I16 => (0, (i16::MIN.into(), i16::MAX.into())),
            _ => (7, (i8::MIN.into(), i8::MAX.into())),
        };
        let scales = [scale_a, scale_b].map(f64::from);
        let common = 2.0 * scales[0].max(scales[1]);
        let output = common * common / (f64::from(1 << (2 * headroom)) * f64::from(output_scale));
        Ok(Self {
            headroom,
            zero_points: [zero_a, zero_b],
            multipliers: scales.map(|scale| Multiplier::from_real(scale / common)),
            output: Multiplier::from_real(output),
            output_zero_point,
            clamp,
        })
    }

    fn apply(&self, a: i32, b: i32) -> i32 {
        let scaled = |i: usize, x: i32| {
            self.multipliers[i].apply_twice_rounded((x - self.zero_points[i]) << self.headroom)
        };
        let difference = scaled(0, a) - scaled(1, b);
        let square = self.output.apply_twice_rounded(difference * difference);
        square.wrapping_add(self.output_zero_point).clamp(self.clamp.0, self.clamp.1)
    }
}

impl Square {
    fn parameters(&self) -> [(&'static str, i32); 11] {
        let [a, b] = self.multipliers;
        [
            ("zero_a", self.zero_points[0]),
            ("zero_b", self.zero_points[1]),
            ("multiplier_a", a.mantissa),
            ("shift_a", a.shift),
            ("multiplier_b", b.mantissa),
            ("shift_b", b.shift),
            ("multiplier", self.output.mantissa),
            ("shift", self.output.shift),
            ("zero_point", self.output_zero_point),
            ("low", self.clamp.0),
            ("high", self.clamp.1),
        ]
    }
}
