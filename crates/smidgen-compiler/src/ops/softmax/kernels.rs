//! Kernels of `SOFTMAX`.

use super::{Softmax, eval};
use crate::ops::common::{COMMON, FIXED_MATH, FLOAT_MATH};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Softmax>] = &[
    Kernel {
        name: "softmax_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "softmax_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const SOFTMAX_S8: Source =
    Source { file: "smidgen_softmax_s8.h", text: include_str!("softmax_s8.h") };
const SOFTMAX_F32: Source =
    Source { file: "smidgen_softmax_f32.h", text: include_str!("softmax_f32.h") };

fn lower_s8(op: &Softmax, site: &Site) -> Lowering {
    let table = eval::exponentials(op, site);
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("exponentials", Arg::Constant(0)),
        ("y", Arg::Output(0)),
        ("count", Arg::size(table.len())),
    ];
    args.extend(sizes(site));
    let constant = Constant { name: "exponentials", is_weight: false, data: CArray::I32(table) };
    Lowering::Code(Lowered {
        sources: vec![COMMON, FIXED_MATH, SOFTMAX_S8],
        constants: vec![constant],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_softmax_s8", args }],
    })
}

fn lower_f32(op: &Softmax, site: &Site) -> Lowering {
    let mut args = vec![("x", Arg::Input(0)), ("y", Arg::Output(0)), ("beta", Arg::Float(op.beta))];
    args.extend(sizes(site));
    Lowering::Code(Lowered {
        sources: vec![COMMON, FLOAT_MATH, SOFTMAX_F32],
        constants: vec![],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_softmax_f32", args }],
    })
}

fn sizes(site: &Site) -> [(&'static str, Arg); 2] {
    let shape = &site.input(0).shape;
    let rows = shape.elements() / shape.last();
    [("rows", Arg::size(rows)), ("classes", Arg::size(shape.last()))]
}
