//! Kernels of `LOG_SOFTMAX`.

use super::LogSoftmax;
use super::eval::Int8;
use crate::ops::common::{COMMON, FIXED_MATH, FLOAT_FUNCTIONS, FLOAT_MATH, REQUANTISE};
use crate::ops::softmax::kernels::sizes;
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<LogSoftmax>] = &[
    Kernel {
        name: "log_softmax_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: |_, site| lower_s8(site),
    },
    Kernel {
        name: "log_softmax_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: |_, site| lower_f32(site),
    },
];

const LOG_SOFTMAX_S8: Source =
    Source { file: "smidgen_log_softmax_s8.h", text: include_str!("log_softmax_s8.h") };
const LOG_SOFTMAX_F32: Source =
    Source { file: "smidgen_log_softmax_f32.h", text: include_str!("log_softmax_f32.h") };

fn lower_s8(site: &Site) -> Lowering {
    let Int8 { exponentials, multiplier, inverse } = Int8::new(site);
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("exponentials", Arg::Constant(0)),
        ("y", Arg::Output(0)),
        ("count", Arg::size(exponentials.len())),
        ("multiplier", Arg::Int(multiplier.mantissa)),
        ("shift", Arg::Int(multiplier.shift)),
        ("inverse", Arg::Int(inverse.mantissa)),
        ("inverse_shift", Arg::Int(inverse.shift)),
    ];
    args.extend(sizes(site));
    let data = CArray::I32(exponentials);
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, FIXED_MATH, LOG_SOFTMAX_S8],
        constants: vec![Constant { name: "exponentials", is_weight: false, data }],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_log_softmax_s8", args }],
    })
}

fn lower_f32(site: &Site) -> Lowering {
    let mut args = vec![("x", Arg::Input(0)), ("y", Arg::Output(0))];
    args.extend(sizes(site));
    Lowering::Code(Lowered {
        sources: vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, LOG_SOFTMAX_F32],
        constants: vec![],
        scratch_bytes: 0,
        in_place: vec![0],
        calls: vec![Call { function: "smidgen_log_softmax_f32", args }],
    })
}
