//! The kernel of `CONV_2D` for int16.

use super::kernels::{BLOCK, geometry};
use super::{CHANNEL_AXIS, Conv2d};
use crate::ops::common::convolution::wide;
use crate::ops::common::prepared::Prepared;
use crate::ops::common::weights::{self, WEIGHTS};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::centred;
use crate::ops::{Arg, Lowering, Site, Source};

const SOURCE: Source = Source { file: "smidgen_conv2d_s16.h", text: include_str!("conv2d_s16.h") };

/// Code for a site with constant parameters.
pub(super) fn lower(op: &Conv2d, site: &Site) -> Lowering {
    let geometry = geometry(op, site);
    let wide =
        wide(site, CHANNEL_AXIS, op.activation).expect("the site's quantisation has been checked");
    let filter = site.constant(1).expect("constants have been checked").get::<i8>();
    let rows = filter.chunks_exact(filter.len() / site.output(0).shape.last());
    let rows: Vec<Vec<i32>> = rows.map(|row| centred(row.iter().copied(), 0)).collect();
    let plan = wide.plan(&rows, site.constant(2));
    let channels = || geometry.blocks().flat_map(|block: [_; BLOCK]| block);
    let (weights, filter_bits) = weights::filter(geometry.interleave(filter, 0));
    let constants = [weights, plan.bias(channels()), plan.scale(channels())];
    let scratch = Some(("patch", 2 * geometry.patch));
    let mut parameters = geometry.args;
    parameters.extend([filter_bits, ("run", Arg::size(plan.run.min(filter.len())))]);
    parameters.extend(plan.args());
    let sources = vec![COMMON, REQUANTISE, REQUANTISE_S16, WEIGHTS, SOURCE];
    Prepared { sources, function: "smidgen_conv2d_s16", constants, scratch, parameters }.into()
}
