//! Kernels of `SUB`.

use super::{SIGN, Sub};
use crate::ops::common::{BROADCAST, COMMON, binary, sum};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Sub>] = &[
    Kernel { name: "sub_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel { name: "sub_s32", needs: &[], accepts: accepts_s32, lower: lower_s32 },
    Kernel { name: "sub_f32", needs: &[], accepts: accepts_f32, lower: lower_f32 },
];

const SUB: Source = Source { file: "smidgen_sub.h", text: include_str!("sub.h") };

fn accepts_s8(_: &Sub, site: &Site) -> bool {
    site.input(0).dtype == DType::I8
}

fn accepts_s32(_: &Sub, site: &Site) -> bool {
    site.input(0).dtype == DType::I32
}

fn accepts_f32(_: &Sub, site: &Site) -> bool {
    site.input(0).dtype == DType::F32
}

fn lower_s8(op: &Sub, site: &Site) -> Lowering {
    sum::lower_s8(site, op.activation, SIGN)
}

fn lower_s32(op: &Sub, site: &Site) -> Lowering {
    let (low, high) = binary::clamp_i32(op.activation);
    let bounds = [("low", Arg::Int(low)), ("high", Arg::Int(high))];
    binary::lower(site, vec![COMMON, BROADCAST, SUB], "smidgen_sub_s32", &bounds)
}

fn lower_f32(op: &Sub, site: &Site) -> Lowering {
    let (low, high) = op.activation.clamp_f32();
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    binary::lower(site, vec![COMMON, BROADCAST, SUB], "smidgen_sub_f32", &bounds)
}
