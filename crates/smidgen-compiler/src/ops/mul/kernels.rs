//! Kernels of `MUL`.

use super::{Mul, PLAIN, Product};
use crate::ops::common::binary::{self, Scheme};
use crate::ops::common::linear::Ideal;
use crate::ops::common::{BROADCAST, COMMON, REQUANTISE};
use crate::ops::requantisation::{Product as Rule, Requantisation};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::{DType, Data};

pub(super) const TABLE: &[Kernel<Mul>] = &[
    Kernel {
        name: "mul_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "mul_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: lower_s16,
    },
    Kernel {
        name: "mul",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| PLAIN.lower(site, op.activation),
    },
];

const MUL: Source = Source { file: "smidgen_mul.h", text: include_str!("mul.h") };

fn lower_s8(op: &Mul, site: &Site) -> Lowering {
    let product = Product::checked(op, site);
    product.lower_s8(site, ideal(site, &product).as_ref(), || general(site, &product))
}

fn lower_s16(op: &Mul, site: &Site) -> Lowering {
    let Product { multiplier, clamp, .. } = Product::checked(op, site);
    let parameters = [
        ("multiplier", Arg::Int(multiplier.mantissa)),
        ("shift", Arg::Int(multiplier.shift)),
        ("low", Arg::Int(clamp.0)),
        ("high", Arg::Int(clamp.1)),
    ];
    let sources = vec![COMMON, BROADCAST, REQUANTISE, MUL];
    binary::lower(site, sources, "smidgen_mul_s16", &parameters)
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
    let factors = slopes.map(|slope| slope * product.real);
    let constant = -(factors[0] + factors[1]) * zero;
    let Product { output_zero_point: zero_point, clamp, .. } = *product;
    Some(Ideal { factors, constant, zero_point, clamp })
}

fn general(site: &Site, product: &Product) -> Lowering {
    let output = Requantisation {
        input_zero_point: 0,
        output_zero_point: product.output_zero_point,
        multipliers: vec![product.multiplier],
        reals: vec![product.real],
        clamp: product.clamp,
        product: if product.is_single { Rule::SingleSum } else { Rule::Twice },
    };
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
