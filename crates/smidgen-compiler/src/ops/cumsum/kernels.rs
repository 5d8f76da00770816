//! Kernels of `CUMSUM`.

use super::{Cumsum, eval};
use crate::ops::common::COMMON;
use crate::ops::{Arg, Call, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Cumsum>] = &[
    Kernel {
        name: "cumsum_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel { name: "cumsum", needs: &[], accepts: |_, _| true, lower: lower_plain },
];

const SOURCE: Source = Source { file: "smidgen_cumsum.h", text: include_str!("cumsum.h") };

fn lower_s8(op: &Cumsum, site: &Site) -> Lowering {
    let rescale = eval::Rescale::new(site).expect("the site's quantisation has been checked");
    let parameters = [
        ("input_zero_point", Arg::Int(rescale.input_zero_point)),
        ("multiplier", Arg::Int(rescale.multiplier.mantissa)),
        ("right", Arg::Int(-rescale.multiplier.shift)),
        ("zero_point", Arg::Int(rescale.zero_point)),
    ];
    lower(op, site, "smidgen_cumsum_s8", &parameters)
}

fn lower_plain(op: &Cumsum, site: &Site) -> Lowering {
    let function = match site.input(0).dtype {
        DType::F32 => "smidgen_cumsum_f32",
        DType::I32 => "smidgen_cumsum_s32",
        _ => "smidgen_cumsum_s64",
    };
    lower(op, site, function, &[])
}

fn lower(
    op: &Cumsum,
    site: &Site,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let mut args = vec![("x", Arg::Input(0)), ("y", Arg::Output(0))];
    args.extend(op.lines(site).args());
    args.extend([
        ("exclusive", Arg::Int(op.exclusive.into())),
        ("reverse", Arg::Int(op.reverse.into())),
    ]);
    args.extend_from_slice(parameters);
    Lowering::Code(Lowered {
        sources: vec![COMMON, SOURCE],
        in_place: vec![0],
        calls: vec![Call { function, args }],
        ..Lowered::default()
    })
}
