//! Kernels of `FULLY_CONNECTED` for int16.

use super::FullyConnected;
use super::kernels::{columns, sizes};
use crate::ops::common::prepared::{Prepared, constant_parameters, plain_bias};
use crate::ops::common::weights::{self, WEIGHTS};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::{centred, filter_zero_point};
use crate::ops::{Arg, CArray, Call, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Quant};

const BLOCKS: Source =
    Source { file: "smidgen_fully_connected_s16.h", text: include_str!("fully_connected_s16.h") };
const PLAIN: Source = Source {
    file: "smidgen_fully_connected_s16_plain.h",
    text: include_str!("fully_connected_s16_plain.h"),
};

/// Whether the weights are constant int8 numbers around zero.
pub(super) fn accepts_blocks(_: &FullyConnected, site: &Site) -> bool {
    (site.input(0).dtype, site.input(1).dtype) == (DType::I16, DType::I8)
        && constant_parameters(site)
        && filter_zero_point(site) == 0
}

/// Units with multipliers of their own: all, or one for all.
fn scaled(site: &Site) -> (usize, (&'static str, Arg)) {
    let per_channel = matches!(site.input(1).quant, Quant::PerAxis { .. });
    let units = if per_channel { site.input(1).shape[0] } else { 1 };
    (units, ("per_channel", Arg::Int(per_channel.into())))
}

pub(super) fn lower_blocks(op: &FullyConnected, site: &Site) -> Lowering {
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let rows = filter.chunks_exact(site.input(1).shape.last());
    let rows: Vec<_> = rows.map(|row| centred(row.iter().copied(), 0)).collect();
    let wide = op.wide(site).expect("the site's quantisation has been checked");
    let plan = wide.plan(&rows, site.constant(2));
    let (units, per_channel) = scaled(site);
    let (weights, filter_bits) = weights::filter(columns(site).flatten().collect());
    let mut parameters = sizes(site).to_vec();
    let run = plan.run.min(site.input(1).shape.last());
    parameters.extend([per_channel, filter_bits, ("run", Arg::size(run))]);
    parameters.extend(plan.args());
    let channels = |count: usize| (0..count).map(Some);
    Prepared {
        sources: vec![COMMON, REQUANTISE, REQUANTISE_S16, WEIGHTS, BLOCKS],
        function: "smidgen_fully_connected_s16",
        constants: [weights, plan.bias(channels(rows.len())), plan.scale(channels(units))],
        scratch: None,
        parameters,
    }
    .into()
}

pub(super) fn lower_plain(op: &FullyConnected, site: &Site) -> Lowering {
    let wide = op.wide(site).expect("the site's quantisation has been checked");
    let plan = wide.plan(&[], None);
    let (scaled, per_channel) = scaled(site);
    let units = site.input(1).shape[0];
    let wide_bias = site.inputs.get(2).is_some_and(|bias| bias.ty.dtype == DType::I64);
    let mut constants = vec![plan.scale((0..scaled).map(Some))];
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Input(1)),
        plain_bias(site, CArray::I32(vec![0; units]), &mut constants),
        ("scale", Arg::Constant(0)),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(site));
    args.extend([
        per_channel,
        ("filter_bytes", Arg::size(site.input(1).dtype.bytes())),
        ("filter_zero_point", Arg::Int(filter_zero_point(site))),
        ("wide", Arg::Int(wide_bias.into())),
    ]);
    args.extend(plan.scaling_args());
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, REQUANTISE_S16, PLAIN],
        constants,
        calls: vec![Call { function: "smidgen_fully_connected_s16_plain", args }],
        ..Lowered::default()
    })
}
