//! Kernels of functions of one element.

use super::{Elementwise, Function, int8, int16, integers};
use crate::ops::common::{COMMON, FLOAT_FUNCTIONS, FLOAT_MATH, unary};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Elementwise>] = &[
    Kernel {
        name: "elementwise_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: |op, site| {
            let (f, ideal) = int8::function(op, site);
            unary::lower_s8(site, 0, ideal.as_ref(), f)
        },
    },
    Kernel {
        name: "elementwise_s16",
        needs: &[],
        accepts: |op, site| site.input(0).dtype == DType::I16 && op.is_quantised(site),
        lower: |op, site| int16::Form::new(op, site).lower(site),
    },
    Kernel {
        name: "elementwise_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
    Kernel {
        name: "elementwise_integer",
        needs: &[],
        accepts: |op, site| integers::c_name(op.function, site.input(0).dtype).is_some(),
        lower: lower_integer,
    },
];

const FLOATS: Source =
    Source { file: "smidgen_functions_f32.h", text: include_str!("functions_f32.h") };

/// Functions of integers.
pub(super) const INTEGERS: Source =
    Source { file: "smidgen_functions_integer.h", text: include_str!("functions_integer.h") };

fn lower_f32(op: &Elementwise, site: &Site) -> Lowering {
    let (low, high) = op.function.bounds();
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    let parameters: &[_] = match op.function {
        Function::LeakyRelu { alpha } => &[("alpha", Arg::Float(alpha))],
        function if function.is_rectifier() => &bounds,
        _ => &[],
    };
    let sources = vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, FLOATS];
    unary::lower(site, 0, sources, op.function.c_name(), parameters)
}

fn lower_integer(op: &Elementwise, site: &Site) -> Lowering {
    let name = integers::c_name(op.function, site.input(0).dtype);
    let name = name.expect("the kernel has accepted the element type");
    unary::lower(site, 0, vec![COMMON, INTEGERS], name, &[])
}
