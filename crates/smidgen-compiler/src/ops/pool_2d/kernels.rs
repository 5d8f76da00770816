//! Kernels of the pools.

use super::{Function, Pool2d};
use crate::ops::common::{COMMON, FLOAT_FUNCTIONS, FLOAT_MATH};
use crate::ops::{Arg, Call, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Pool2d>] = &[
    Kernel {
        name: "pool_2d_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
    Kernel { name: "pool_2d", needs: &[], accepts: |_, _| true, lower: lower_integers },
];

const POOL: Source = Source { file: "smidgen_pool_2d.h", text: include_str!("pool_2d.h") };
const F32: Source = Source { file: "smidgen_pool_2d_f32.h", text: include_str!("pool_2d_f32.h") };
const L2: Source =
    Source { file: "smidgen_l2_pool_2d_f32.h", text: include_str!("l2_pool_2d_f32.h") };

fn lower_integers(op: &Pool2d, site: &Site) -> Lowering {
    let (low, high) = op.clamp_integer(site);
    let parameters = [
        ("bytes", Arg::size(site.input(0).dtype.bytes())),
        function(op),
        ("low", Arg::Int(low)),
        ("high", Arg::Int(high)),
    ];
    Lowering::Code(lower(op, site, vec![COMMON, POOL], "smidgen_pool_2d", &parameters))
}

fn lower_f32(op: &Pool2d, site: &Site) -> Lowering {
    let (low, high) = op.activation.clamp_f32();
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    if op.function != Function::L2 {
        let parameters = [&[function(op)], &bounds[..]].concat();
        return Lowering::Code(lower(
            op,
            site,
            vec![COMMON, POOL, F32],
            "smidgen_pool_2d_f32",
            &parameters,
        ));
    }
    let unbounded = [("low", Arg::Float(f32::NEG_INFINITY)), ("high", Arg::Float(f32::INFINITY))];
    let parameters = [&[function(op)], &unbounded[..]].concat();
    let sources = vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, POOL, F32, L2];
    let mut lowered = lower(op, site, sources, "smidgen_pool_2d_f32", &parameters);
    let length = Arg::size(site.output(0).shape.elements());
    let mut args = vec![("y", Arg::Output(0)), ("length", length)];
    args.extend(bounds);
    lowered.calls.push(Call { function: "smidgen_l2_pool_roots", args });
    Lowering::Code(lowered)
}

/// `SMIDGEN_POOL_…`.
fn function(op: &Pool2d) -> (&'static str, Arg) {
    let function = match op.function {
        Function::Average => 0,
        Function::AverageUp => 1,
        Function::Max => 2,
        Function::L2 => 3,
    };
    ("function", Arg::Int(function))
}

/// A call of `function` of `sources`, which takes the geometry and then `parameters`.
fn lower(
    op: &Pool2d,
    site: &Site,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowered {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let mut args = vec![("input", Arg::Input(0)), ("output", Arg::Output(0))];
    let sizes = [
        ("batches", x[0]),
        ("in_height", x[1]),
        ("in_width", x[2]),
        ("channels", x[3]),
        ("out_height", y[1]),
        ("out_width", y[2]),
        ("kernel_height", op.kernel[0]),
        ("kernel_width", op.kernel[1]),
        ("stride_y", op.window.stride[0]),
        ("stride_x", op.window.stride[1]),
        ("pad_top", op.window.padding.top),
        ("pad_left", op.window.padding.left),
    ];
    args.extend(sizes.map(|(name, size)| (name, Arg::size(size))));
    args.extend_from_slice(parameters);
    Lowered { sources, calls: vec![Call { function, args }], ..Lowered::default() }
}
