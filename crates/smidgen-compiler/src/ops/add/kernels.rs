//! Kernels of `ADD`.

use super::{Add, SIGN};
use crate::ops::common::{BROADCAST, COMMON, binary, sum};
use crate::ops::{Arg, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Add>] = &[
    Kernel { name: "add_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel { name: "add_s32", needs: &[], accepts: accepts_s32, lower: lower_s32 },
    Kernel { name: "add_f32", needs: &[], accepts: accepts_f32, lower: lower_f32 },
];

const ADD: Source = Source { file: "smidgen_add.h", text: include_str!("add.h") };

fn accepts_s8(_: &Add, site: &Site) -> bool {
    site.input(0).dtype == DType::I8
}

fn accepts_s32(_: &Add, site: &Site) -> bool {
    site.input(0).dtype == DType::I32
}

fn accepts_f32(_: &Add, site: &Site) -> bool {
    site.input(0).dtype == DType::F32
}

fn lower_s8(op: &Add, site: &Site) -> Lowering {
    sum::lower_s8(site, op.activation, SIGN)
}

fn lower_s32(op: &Add, site: &Site) -> Lowering {
    let (low, high) = binary::clamp_i32(op.activation);
    let bounds = [("low", Arg::Int(low)), ("high", Arg::Int(high))];
    binary::lower(site, vec![COMMON, BROADCAST, ADD], "smidgen_add_s32", &bounds)
}

fn lower_f32(op: &Add, site: &Site) -> Lowering {
    let (low, high) = op.activation.clamp_f32();
    let bounds = [("low", Arg::Float(low)), ("high", Arg::Float(high))];
    binary::lower(site, vec![COMMON, BROADCAST, ADD], "smidgen_add_f32", &bounds)
}
