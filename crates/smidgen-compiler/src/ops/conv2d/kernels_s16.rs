//! The kernel of `CONV_2D` for int16.

use super::kernels::{BLOCK, geometry};
use super::{Conv2d, wide};
use crate::ops::common::weights::{self, WEIGHTS};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::centred;
use crate::ops::{Arg, Call, Lowered, Lowering, Site, Source};

const SOURCE: Source = Source { file: "smidgen_conv2d_s16.h", text: include_str!("conv2d_s16.h") };

/// Code for a site with constant parameters.
pub(super) fn lower(op: &Conv2d, site: &Site) -> Lowering {
    let geometry = geometry(op, site);
    let wide = wide(site, 0, op.activation).expect("the site's quantisation has been checked");
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let rows = filter.chunks_exact(filter.len() / site.output(0).shape.last());
    let rows: Vec<Vec<i32>> = rows.map(|row| centred(row.iter().copied(), 0)).collect();
    let plan = wide.plan(&rows, site.constant(2));
    let channels = || geometry.blocks().flat_map(|block: [_; BLOCK]| block);
    let (weights, filter_bits) = weights::filter(geometry.interleave(filter, 0));
    let constants = vec![weights, plan.bias(channels()), plan.scale(channels())];
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("scale", Arg::Constant(2)),
        ("patch", Arg::Scratch),
        ("output", Arg::Output(0)),
    ];
    let scratch_bytes = 2 * geometry.patch;
    args.extend(geometry.args);
    args.extend([filter_bits, ("run", Arg::size(plan.run.min(filter.len())))]);
    args.extend(plan.args());
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, REQUANTISE_S16, WEIGHTS, SOURCE],
        constants,
        scratch_bytes,
        in_place: vec![],
        calls: vec![Call { function: "smidgen_conv2d_s16", args }],
    })
}
