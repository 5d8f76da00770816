//! Kernels of `QUANTIZE`.

use super::{LIMIT, Quantize, Requantisation, quant, range};
use crate::ops::common::{COMMON, REQUANTISE, unary};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Quantize>] = &[
    Kernel {
        name: "quantize_s8",
        needs: &[],
        accepts: |op, site| (site.input(0).dtype, op.to) == (DType::I8, DType::I8),
        lower: lower_s8,
    },
    Kernel {
        name: "quantize_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
    Kernel {
        name: "requantize",
        needs: &[],
        accepts: |op, site| function(site.input(0).dtype, op.to).is_some(),
        lower: lower_requantize,
    },
];

const QUANTIZE: Source = Source { file: "smidgen_quantize.h", text: include_str!("quantize.h") };
const REQUANTIZE: Source =
    Source { file: "smidgen_requantize.h", text: include_str!("requantize.h") };

/// Whether elements of type `from` can become elements of type `to`.
pub(super) fn accepts(from: DType, to: DType) -> bool {
    (from, to) == (DType::I8, DType::I8) || function(from, to).is_some()
}

/// The C function.
fn function(from: DType, to: DType) -> Option<&'static str> {
    Some(match (from, to) {
        (DType::F32, DType::I8) => "smidgen_quantize_f32_s8",
        (DType::F32, DType::I16) => "smidgen_quantize_f32_s16",
        (DType::I8, DType::I16) => "smidgen_requantize_s8_s16",
        (DType::I8, DType::I32) => "smidgen_requantize_s8_s32",
        (DType::I16, DType::I8) => "smidgen_requantize_s16_s8",
        (DType::I16, DType::I16) => "smidgen_requantize_s16_s16",
        (DType::I16, DType::I32) => "smidgen_requantize_s16_s32",
        (DType::I32, DType::I8) => "smidgen_requantize_s32_s8",
        (DType::I32, DType::I16) => "smidgen_requantize_s32_s16",
        _ => return None,
    })
}

fn lower_s8(op: &Quantize, site: &Site) -> Lowering {
    let (f, ideal) = op.int8_function(site);
    unary::lower_s8(site, 0, Some(&ideal), f)
}

fn lower_f32(op: &Quantize, site: &Site) -> Lowering {
    let (scale, zero_point) = quant(site);
    let parameters = [
        ("scale", Arg::Float(scale)),
        ("limit", Arg::Float(LIMIT)),
        ("zero_point", Arg::Int(zero_point)),
    ];
    call(op, site, vec![COMMON, QUANTIZE], &parameters)
}

fn lower_requantize(op: &Quantize, site: &Site) -> Lowering {
    let Requantisation { input_zero_point, multiplier, zero_point } = Requantisation::new(site);
    let parameters = [
        ("input_zero_point", Arg::Int(input_zero_point)),
        ("multiplier", Arg::Int(multiplier.mantissa)),
        ("shift", Arg::Int(multiplier.shift)),
        ("zero_point", Arg::Int(zero_point)),
    ];
    call(op, site, vec![COMMON, REQUANTISE, REQUANTIZE], &parameters)
}

fn call(
    op: &Quantize,
    site: &Site,
    sources: Vec<Source>,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let from = site.input(0).dtype;
    let function = match (from, op.to) {
        (DType::F32, DType::I8) if op.is_even() => "smidgen_quantize_even_f32_s8",
        (DType::F32, DType::I16) if op.is_even() => "smidgen_quantize_even_f32_s16",
        (from, to) => function(from, to).expect("the kernel accepts these types"),
    };
    let (low, high) = range(op.to);
    let mut parameters = parameters.to_vec();
    parameters.extend([("low", Arg::Int(low)), ("high", Arg::Int(high))]);
    unary::lower(site, 0, sources, function, &parameters)
}
