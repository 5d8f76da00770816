//! Kernels of `MAX_POOL_2D`.

use super::MaxPool2d;
use crate::ops::common::{COMMON, POOL};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<MaxPool2d>] = &[
    Kernel { name: "max_pool_2d_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel { name: "max_pool_2d_f32", needs: &[], accepts: accepts_f32, lower: lower_f32 },
];

const S8: Source =
    Source { file: "smidgen_max_pool_2d_s8.h", text: include_str!("max_pool_2d_s8.h") };
const F32: Source =
    Source { file: "smidgen_max_pool_2d_f32.h", text: include_str!("max_pool_2d_f32.h") };

fn accepts_s8(_: &MaxPool2d, site: &Site) -> bool {
    site.input(0).dtype == DType::I8
}

fn accepts_f32(_: &MaxPool2d, site: &Site) -> bool {
    site.input(0).dtype == DType::F32
}

fn lower_s8(op: &MaxPool2d, site: &Site) -> Lowering {
    let (low, high) = op.0.clamp_i8(site);
    let clamp = (Arg::Int(low), Arg::Int(high));
    op.0.lower(site, "smidgen_max_pool_2d_s8", vec![COMMON, POOL, S8], clamp)
}

fn lower_f32(op: &MaxPool2d, site: &Site) -> Lowering {
    let (low, high) = op.0.activation.clamp_f32();
    let clamp = (Arg::Float(low), Arg::Float(high));
    op.0.lower(site, "smidgen_max_pool_2d_f32", vec![COMMON, POOL, F32], clamp)
}
