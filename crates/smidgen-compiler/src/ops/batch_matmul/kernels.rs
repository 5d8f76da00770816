//! Kernels of `BATCH_MATMUL`.

use super::BatchMatmul;
use crate::ops::common::{BROADCAST, COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::filter_zero_point;
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<BatchMatmul>] = &[
    Kernel {
        name: "batch_matmul_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "batch_matmul_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: lower_s16,
    },
    Kernel {
        name: "batch_matmul_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: |op, site| {
            lower(op, site, None, vec![COMMON, BROADCAST, F32], "smidgen_batch_matmul_f32", &[])
        },
    },
];

const S8: Source =
    Source { file: "smidgen_batch_matmul_s8.h", text: include_str!("batch_matmul_s8.h") };
const S16: Source =
    Source { file: "smidgen_batch_matmul_s16.h", text: include_str!("batch_matmul_s16.h") };
const F32: Source =
    Source { file: "smidgen_batch_matmul_f32.h", text: include_str!("batch_matmul_f32.h") };

/// Code that calls `function` with shapes and then `parameters`.
fn lower(
    op: &BatchMatmul,
    site: &Site,
    scale: Option<Constant>,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let geometry = op
        .geometry(&site.input(0).shape, &site.input(1).shape)
        .expect("the site's shapes have been checked");
    let (left, right) = (geometry.rows * geometry.depth, geometry.depth * geometry.columns);
    let axes = geometry.batches.axes.iter().filter(|axis| axis.count > 1);
    let axes: Vec<i32> = axes
        .flat_map(|axis| [axis.count, axis.steps[0] * left, axis.steps[1] * right])
        .map(|size| i32::try_from(size).expect("tensor sizes fit 32 bits"))
        .collect();
    let rank = axes.len() / 3;
    let mut args = vec![("left", Arg::Input(0)), ("right", Arg::Input(1))];
    let mut constants: Vec<Constant> = scale.into_iter().collect();
    if !constants.is_empty() {
        args.push(("scale", Arg::Constant(0)));
    }
    // A single pair of matrices still needs an array to point at.
    let axes = if rank == 0 { vec![0] } else { axes };
    constants.push(Constant { name: "axes", is_weight: false, data: CArray::I32(axes) });
    args.extend([("output", Arg::Output(0)), ("axes", Arg::Constant(constants.len() - 1))]);
    let sizes = [
        ("rank", rank),
        ("rows", geometry.rows),
        ("columns", geometry.columns),
        ("depth", geometry.depth),
        ("row_step", geometry.left[0]),
        ("left_step", geometry.left[1]),
        ("right_step", geometry.right[0]),
        ("column_step", geometry.right[1]),
    ];
    args.extend(sizes.map(|(name, size)| (name, Arg::size(size))));
    args.extend_from_slice(parameters);
    let calls = vec![Call { function, args }];
    Lowering::Code(Lowered { sources, constants, calls, ..Lowered::default() })
}

fn lower_s8(op: &BatchMatmul, site: &Site) -> Lowering {
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let data = CArray::I32(requantisation.scale(0).to_vec());
    let scale = Constant { name: "scale", is_weight: false, data };
    let mut parameters = vec![
        ("left_zero_point", Arg::Int(requantisation.input_zero_point)),
        ("right_zero_point", Arg::Int(filter_zero_point(site))),
    ];
    // A sum is at most the depth times 255 squared.
    let depth = op.depth(site) as i64;
    parameters.extend(requantisation.args(depth << 16));
    let sources = vec![COMMON, BROADCAST, REQUANTISE, S8];
    lower(op, site, Some(scale), sources, "smidgen_batch_matmul_s8", &parameters)
}

fn lower_s16(op: &BatchMatmul, site: &Site) -> Lowering {
    let plan = op.wide(site).expect("the site's quantisation has been checked").plan(&[], None);
    let scale = plan.scale(std::iter::once(Some(0)));
    let sources = vec![COMMON, BROADCAST, REQUANTISE, REQUANTISE_S16, S16];
    lower(op, site, Some(scale), sources, "smidgen_batch_matmul_s16", &plan.scaling_args())
}
