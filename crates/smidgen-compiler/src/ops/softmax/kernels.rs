//! Kernels of `SOFTMAX`.

use super::int16::Int16;
use super::{Softmax, eval, single};
use crate::ops::common::{COMMON, FIXED_MATH, FLOAT_MATH, REQUANTISE, table};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Rounding};

pub(super) const TABLE: &[Kernel<Softmax>] = &[
    Kernel {
        name: "softmax_single_s8",
        needs: &[],
        accepts: |op, site| (op.rounding, site.input(0).dtype) == (Rounding::Onnx, DType::I8),
        lower: single::lower,
    },
    Kernel {
        name: "softmax_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "softmax_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: lower_s16,
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
const SOFTMAX_S16: Source =
    Source { file: "smidgen_softmax_s16.h", text: include_str!("softmax_s16.h") };
const SOFTMAX_F32: Source =
    Source { file: "smidgen_softmax_f32.h", text: include_str!("softmax_f32.h") };

fn lower_s8(op: &Softmax, site: &Site) -> Lowering {
    let table = eval::exponentials(op.beta, site);
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

fn lower_s16(op: &Softmax, site: &Site) -> Lowering {
    let Int16 { multiplier, exponentials, reciprocals } = Int16::new(op, site);
    let table = |name, data| Constant { name, is_weight: false, data: CArray::I16(data) };
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("y", Arg::Output(0)),
        ("exponentials", Arg::Constant(0)),
        ("reciprocals", Arg::Constant(1)),
        ("multiplier", Arg::Int(multiplier.mantissa)),
        ("shift", Arg::Int(multiplier.shift)),
    ];
    args.extend(sizes(site));
    let [common, table_s16] = table::SOURCES;
    Lowering::Code(Lowered {
        sources: vec![common, REQUANTISE, table_s16, SOFTMAX_S16],
        constants: vec![table("exponentials", exponentials), table("reciprocals", reciprocals)],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_softmax_s16", args }],
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

/// Rows and their length.
pub(in crate::ops) fn sizes(site: &Site) -> [(&'static str, Arg); 2] {
    let shape = &site.input(0).shape;
    let rows = shape.elements() / shape.last();
    [("rows", Arg::size(rows)), ("classes", Arg::size(shape.last()))]
}
