//! Kernels of `L2_NORMALIZATION`.

use super::{EPSILON, L2Normalization};
use crate::ops::common::{COMMON, FIXED_MATH, FLOAT_FUNCTIONS, FLOAT_MATH, REQUANTISE};
use crate::ops::{Arg, Call, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<L2Normalization>] = &[
    Kernel {
        name: "l2_normalization_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "l2_normalization_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const S8: Source =
    Source { file: "smidgen_l2_normalization_s8.h", text: include_str!("l2_normalization_s8.h") };
const F32: Source =
    Source { file: "smidgen_l2_normalization_f32.h", text: include_str!("l2_normalization_f32.h") };

fn lower_s8(op: &L2Normalization, site: &Site) -> Lowering {
    let (_, zero_point) = site.input_quant(0).expect("the site's quantisation is checked");
    let (before, after) = op.bits();
    let parameters = [
        ("zero_point", Arg::Int(zero_point)),
        ("bits_before", Arg::Int(before)),
        ("bits_after", Arg::Int(after)),
    ];
    lower(
        site,
        vec![COMMON, FIXED_MATH, REQUANTISE, S8],
        "smidgen_l2_normalization_s8",
        &parameters,
    )
}

fn lower_f32(_: &L2Normalization, site: &Site) -> Lowering {
    let sources = vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, F32];
    let parameters = [("epsilon", Arg::Float(EPSILON))];
    lower(site, sources, "smidgen_l2_normalization_f32", &parameters)
}

fn lower(
    site: &Site,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let shape = &site.input(0).shape;
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("y", Arg::Output(0)),
        ("rows", Arg::size(shape.elements() / shape.last())),
        ("depth", Arg::size(shape.last())),
    ];
    args.extend_from_slice(parameters);
    Lowering::Code(Lowered {
        sources,
        in_place: vec![0],
        calls: vec![Call { function, args }],
        ..Lowered::default()
    })
}
