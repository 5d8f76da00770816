//! Sums, differences, products and quotients of numbers that are not quantised.

use super::float_math::clamp;
use super::{BROADCAST, COMMON, binary};
use crate::ops::{Activation, Arg, Lowering, Site, Source};
use crate::tensor::{DType, Data};

const ARITHMETIC: Source =
    Source { file: "smidgen_arithmetic.h", text: include_str!("smidgen_arithmetic.h") };

/// Sources of sums, differences and products.
pub(crate) const SOURCES: &[Source] = &[COMMON, BROADCAST, ARITHMETIC];

/// An operator on int32, int64 and float32.
pub(crate) struct Arithmetic {
    /// The function of integers, which wraps.
    pub integer: fn(i64, i64) -> i64,
    /// The function of floats.
    pub float: fn(f32, f32) -> f32,
    /// The C functions of int32, int64 and float.
    pub functions: [&'static str; 3],
    /// What they need.
    pub sources: &'static [Source],
}

impl Arithmetic {
    /// The reference.
    pub(crate) fn eval(&self, site: &Site, inputs: &[&Data], activation: Activation) -> Vec<Data> {
        let dtype = site.input(0).dtype;
        if dtype == DType::F32 {
            let (low, high) = activation.clamp_f32();
            return binary::eval(site, inputs, |a, b| clamp((self.float)(a, b), low, high));
        }
        let (low, high) = activation.bounds();
        let (low, high) = (low.map_or(i64::MIN, |x| x as i64), high.map_or(i64::MAX, |x| x as i64));
        let wrap = |x: i64| if dtype == DType::I32 { i64::from(x as i32) } else { x };
        binary::eval_integers(site, inputs, dtype, |a, b| {
            wrap((self.integer)(a, b)).clamp(low, high)
        })
    }

    /// The code.
    pub(crate) fn lower(&self, site: &Site, activation: Activation) -> Lowering {
        let (low, high) = activation.bounds();
        let integers = [
            ("low", Arg::Int(low.map_or(i32::MIN, |x| x as i32))),
            ("high", Arg::Int(high.map_or(i32::MAX, |x| x as i32))),
        ];
        let (low, high) = activation.clamp_f32();
        let floats = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
        let (function, bounds) = match site.input(0).dtype {
            DType::F32 => (self.functions[2], floats),
            DType::I64 => (self.functions[1], integers),
            _ => (self.functions[0], integers),
        };
        binary::lower(site, self.sources.to_vec(), function, &bounds)
    }
}
