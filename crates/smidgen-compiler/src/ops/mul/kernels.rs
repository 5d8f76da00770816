//! Kernels of `MUL`.

use super::{Mul, Product};
use crate::ops::common::linear::Ideal;
use crate::ops::common::{BROADCAST, COMMON, REQUANTISE, binary};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::{DType, Data};

pub(super) const TABLE: &[Kernel<Mul>] = &[
    Kernel { name: "mul_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel { name: "mul_s32", needs: &[], accepts: accepts_s32, lower: lower_s32 },
    Kernel { name: "mul_f32", needs: &[], accepts: accepts_f32, lower: lower_f32 },
];

const MUL: Source = Source { file: "smidgen_mul.h", text: include_str!("mul.h") };

fn accepts_s8(_: &Mul, site: &Site) -> bool {
    site.input(0).dtype == DType::I8
}

fn accepts_s32(_: &Mul, site: &Site) -> bool {
    site.input(0).dtype == DType::I32
}

fn accepts_f32(_: &Mul, site: &Site) -> bool {
    site.input(0).dtype == DType::F32
}

fn lower_s8(op: &Mul, site: &Site) -> Lowering {
    let product = Product::new(op, site).expect("the site's quantisation has been checked");
    let ideal = ideal(site, &product);
    binary::lower_s8(site, ideal.as_ref(), |a, b| product.apply(a, b), || general(site, &product))
}

fn lower_s32(op: &Mul, site: &Site) -> Lowering {
    let (low, high) = binary::clamp_i32(op.activation);
    let bounds = [("low", Arg::Int(low)), ("high", Arg::Int(high))];
    binary::lower(site, vec![COMMON, BROADCAST, REQUANTISE, MUL], "smidgen_mul_s32", &bounds)
}

fn lower_f32(op: &Mul, site: &Site) -> Lowering {
    let (low, high) = op.activation.clamp_f32();
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    binary::lower(site, vec![COMMON, BROADCAST, REQUANTISE, MUL], "smidgen_mul_f32", &bounds)
}

/// The greatest absolute value of a product of int8 numbers less their zero points.
const MAX_PRODUCT: i64 = 255 * 255;

/// A product is linear where one operand is a constant number.
fn ideal(site: &Site, product: &Product) -> Option<Ideal> {
    let [zero_a, zero_b] = product.zero_points.map(f64::from);
    let number = |index: usize| match site.constant(index).map(Data::get::<i8>) {
        Some(&[number]) => Some(f64::from(number)),
        _ => None,
    };
    let (slopes, zero) = match (number(0), number(1)) {
        (_, Some(b)) => ([b - zero_b, 0.0], zero_a),
        (Some(a), None) => ([0.0, a - zero_a], zero_b),
        (None, None) => return None,
    };
    let output = &product.output;
    let factors = slopes.map(|slope| slope * output.reals[0]);
    let constant = -(factors[0] + factors[1]) * zero;
    Some(Ideal { factors, constant, zero_point: output.output_zero_point, clamp: output.clamp })
}

fn general(site: &Site, product: &Product) -> Lowering {
    let output = &product.output;
    let [multiplier, shift] = output.scale(0);
    let mut parameters = vec![
        ("zero_a", Arg::Int(product.zero_points[0])),
        ("zero_b", Arg::Int(product.zero_points[1])),
        ("multiplier", Arg::Int(multiplier)),
        ("shift", Arg::Int(shift)),
    ];
    parameters.extend(output.args(MAX_PRODUCT));
    let sources = vec![COMMON, BROADCAST, REQUANTISE, MUL];
    binary::lower(site, sources, "smidgen_mul_s8", &parameters)
}
