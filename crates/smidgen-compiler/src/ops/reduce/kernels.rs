//! Kernels of the reductions.

use super::{Function, Reduce, count, quantised};
use crate::ops::common::{BROADCAST, COMMON, REQUANTISE};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Single};

pub(super) const TABLE: &[Kernel<Reduce>] = &[
    Kernel { name: "reduce_sum", needs: &[], accepts: is_quantised_sum, lower: lower_sum },
    Kernel {
        name: "reduce_product",
        needs: &[],
        accepts: is_quantised_product,
        lower: lower_product,
    },
    Kernel {
        name: "reduce_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
    Kernel { name: "reduce_s64", needs: &[], accepts: is_wide, lower: lower_s64 },
    Kernel { name: "reduce", needs: &[], accepts: |_, _| true, lower: lower_integers },
];

const REDUCE: Source = Source { file: "smidgen_reduce.h", text: include_str!("reduce.h") };
const QUANTISED: Source =
    Source { file: "smidgen_reduce_quantised.h", text: include_str!("reduce_quantised.h") };
const F32: Source = Source { file: "smidgen_reduce_f32.h", text: include_str!("reduce_f32.h") };
const S64: Source = Source { file: "smidgen_reduce_s64.h", text: include_str!("reduce_s64.h") };

fn is_quantised(site: &Site) -> bool {
    matches!(site.input(0).dtype, DType::I8 | DType::I16)
}

fn is_quantised_sum(op: &Reduce, site: &Site) -> bool {
    is_quantised(site) && matches!(op.function, Function::Mean | Function::Sum)
}

fn is_quantised_product(op: &Reduce, site: &Site) -> bool {
    is_quantised(site) && op.function == Function::Product
}

fn is_wide(op: &Reduce, site: &Site) -> bool {
    site.input(0).dtype == DType::I64 || op.function == Function::Mean
}

const CHECKED: &str = "the site's quantisation has been checked";

fn lower_sum(op: &Reduce, site: &Site) -> Lowering {
    let sum = quantised::Sum::new(op, site).expect(CHECKED);
    let (function, multiplier, shift) = match sum.single.map(Single::new) {
        Some(real) => ("smidgen_reduce_sum_single", real.mantissa, real.shift),
        None => ("smidgen_reduce_sum", sum.multiplier.mantissa, sum.multiplier.shift),
    };
    let parameters = [
        ("offset", Arg::Int(sum.offset)),
        ("multiplier", Arg::Int(multiplier)),
        ("shift", Arg::Int(shift)),
        ("zero_point", Arg::Int(sum.zero_point)),
        ("low", Arg::Int(sum.clamp.0)),
        ("high", Arg::Int(sum.clamp.1)),
    ];
    let sources = vec![COMMON, BROADCAST, REQUANTISE, REDUCE, QUANTISED];
    lower(op, site, sources, function, &[&[bytes(site)], &parameters[..]].concat())
}

fn lower_product(op: &Reduce, site: &Site) -> Lowering {
    let product = quantised::Product::new(site).expect(CHECKED);
    let parameters = [
        ("input_zero_point", Arg::Int(product.input_zero_point)),
        ("factor", Arg::Int(product.factor)),
        ("shift", Arg::Int(product.shift)),
        ("zero_point", Arg::Int(product.output_zero_point)),
        ("low", Arg::Int(product.clamp.0)),
        ("high", Arg::Int(product.clamp.1)),
    ];
    let sources = vec![COMMON, BROADCAST, REQUANTISE, REDUCE, QUANTISED];
    lower(op, site, sources, "smidgen_reduce_product", &[&[bytes(site)], &parameters[..]].concat())
}

fn lower_f32(op: &Reduce, site: &Site) -> Lowering {
    let divisor = if op.function == Function::Mean { count(site) as f32 } else { 1.0 };
    let parameters = [combine(op, site), ("divisor", Arg::Float(divisor))];
    lower(op, site, vec![COMMON, BROADCAST, REDUCE, F32], "smidgen_reduce_f32", &parameters)
}

fn lower_s64(op: &Reduce, site: &Site) -> Lowering {
    let divisor = if op.function == Function::Mean { count(site) } else { 1 };
    let wide = i32::from(site.input(0).dtype == DType::I64);
    let parameters = [("wide", Arg::Int(wide)), combine(op, site), ("divisor", Arg::size(divisor))];
    lower(op, site, vec![COMMON, BROADCAST, REDUCE, S64], "smidgen_reduce_s64", &parameters)
}

fn lower_integers(op: &Reduce, site: &Site) -> Lowering {
    let parameters = [bytes(site), combine(op, site)];
    lower(op, site, vec![COMMON, BROADCAST, REDUCE], "smidgen_reduce", &parameters)
}

fn bytes(site: &Site) -> (&'static str, Arg) {
    ("bytes", Arg::size(site.input(0).dtype.bytes()))
}

/// `SMIDGEN_REDUCE_…`; for truth values a sum is whether any is true, a product whether all are.
fn combine(op: &Reduce, site: &Site) -> (&'static str, Arg) {
    let truth = site.input(0).dtype == DType::Bool;
    let combine = match op.function {
        Function::Mean | Function::Sum if !truth => 0,
        Function::Product if !truth => 1,
        Function::Mean | Function::Sum | Function::Max | Function::Any => 2,
        Function::Product | Function::Min | Function::All => 3,
    };
    ("combine", Arg::Int(combine))
}

/// Elements at even distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    count: usize,
    step: usize,
}

/// The axes that vanish or those that stay, innermost first and at least one, where neighbours are
/// merged.
fn runs(op: &Reduce, site: &Site, vanish: bool) -> Vec<Run> {
    let shape = &site.input(0).shape;
    let strides = shape.strides();
    let mut runs: Vec<Run> = Vec::new();
    for axis in (0..shape.rank()).rev() {
        let run = Run { count: shape[axis], step: strides[axis] };
        match runs.last_mut() {
            _ if op.axes.contains(&axis) != vanish || run.count == 1 => {}
            Some(inner) if inner.count * inner.step == run.step => inner.count *= run.count,
            _ => runs.push(run),
        }
    }
    if runs.is_empty() {
        runs.push(Run { count: 1, step: 0 });
    }
    runs
}

/// A call `function(x, y, axes…, over…, parameters…)`.
fn lower(
    op: &Reduce,
    site: &Site,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let mut lowered = Lowered { sources, ..Lowered::default() };
    let mut args = vec![("x", Arg::Input(0)), ("y", Arg::Output(0))];
    let names = [
        (false, ["axes", "rank", "length", "step"]),
        (true, ["over", "over_rank", "count", "over_step"]),
    ];
    for (vanish, [axes, rank, length, step]) in names {
        let runs = runs(op, site, vanish);
        let (inner, outer) = runs.split_first().expect("there is at least one run");
        let table = outer.iter().flat_map(|run| [run.count as i32, run.step as i32, 0]);
        let table: Vec<_> = table.collect();
        let place = if table.is_empty() {
            Arg::Int(0)
        } else {
            lowered.constants.push(Constant {
                name: axes,
                is_weight: false,
                data: CArray::I32(table),
            });
            Arg::Constant(lowered.constants.len() - 1)
        };
        args.extend([
            (axes, place),
            (rank, Arg::size(outer.len())),
            (length, Arg::size(inner.count)),
            (step, Arg::size(inner.step)),
        ]);
    }
    args.extend_from_slice(parameters);
    lowered.calls.push(Call { function, args });
    Lowering::Code(lowered)
}
