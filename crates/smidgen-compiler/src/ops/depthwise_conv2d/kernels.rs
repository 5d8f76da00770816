//! Kernels of `DEPTHWISE_CONV_2D`.

use super::{CHANNEL_AXIS, DepthwiseConv2d};
use crate::ops::common::convolution::wide;
use crate::ops::common::prepared::{self, Prepared};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::{
    MAX_PRODUCTS, Requantisation, Scheme, bound, centred, filter_zero_point,
};
use crate::ops::{Arg, CArray, Constant, Kernel, Lowering, Site, Source};
use crate::tensor::{DType, Data};

pub(super) const TABLE: &[Kernel<DepthwiseConv2d>] = &[
    Kernel { name: "depthwise_conv2d_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel {
        name: "depthwise_conv2d_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: lower_s16,
    },
    Kernel {
        name: "depthwise_conv2d_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const S8: Source =
    Source { file: "smidgen_depthwise_conv2d_s8.h", text: include_str!("depthwise_conv2d_s8.h") };
const S16: Source =
    Source { file: "smidgen_depthwise_conv2d_s16.h", text: include_str!("depthwise_conv2d_s16.h") };
const F32: Source =
    Source { file: "smidgen_depthwise_conv2d_f32.h", text: include_str!("depthwise_conv2d_f32.h") };

/// Bytes of scratch memory that a band of rows should not exceed, if one output row fits.
const PLANE_BYTES: usize = 4096;

fn accepts_s8(_: &DepthwiseConv2d, site: &Site) -> bool {
    let filter = site.input(1).shape.dims();
    site.input(0).dtype == DType::I8 && filter[1] * filter[2] <= MAX_PRODUCTS
}

/// Shapes and window, which all kernels take.
fn sizes(op: &DepthwiseConv2d, site: &Site) -> Vec<(&'static str, Arg)> {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let filter = site.input(1).shape.dims();
    let sizes = [
        ("batches", x[0]),
        ("in_height", x[1]),
        ("in_width", x[2]),
        ("in_channels", x[3]),
        ("out_height", y[1]),
        ("out_width", y[2]),
        ("channel_multiplier", y[3] / x[3]),
        ("kernel_height", filter[1]),
        ("kernel_width", filter[2]),
    ];
    let mut args = sizes.map(|(name, size)| (name, Arg::size(size))).to_vec();
    args.extend(op.window.args([y[1], y[2]]));
    args
}

/// Rows of output per band, columns of the plane, and its bytes.
fn plane(op: &DepthwiseConv2d, site: &Site) -> (usize, usize, usize) {
    let element = site.input(0).dtype.bytes();
    let (filter, y) = (site.input(1).shape.dims(), site.output(0).shape.dims());
    let reach = |outputs: usize, axis: usize| {
        (outputs - 1) * op.window.stride[axis]
            + (filter[1 + axis] - 1) * op.window.dilation[axis]
            + 1
    };
    let width = reach(y[2], 1);
    let fits = |rows: &usize| reach(*rows, 0) * width * element <= PLANE_BYTES;
    let band = (1..=y[1]).rev().find(fits).unwrap_or(1);
    (band, width, reach(band, 0) * width * element)
}

/// The taps of each channel.
fn taps(site: &Site) -> Vec<Vec<i8>> {
    let filter = site.constant(1).expect("constants have been checked").get::<i8>();
    let channels = site.output(0).shape.last();
    let taps = |channel| filter[channel..].iter().step_by(channels).copied().collect();
    (0..channels).map(taps).collect()
}

fn lower_s8(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let requantisation =
        Requantisation::new(site, CHANNEL_AXIS, op.activation, Scheme::of_sums(op.rounding))
            .expect("the site's quantisation has been checked");
    let bias = site.constant(2).map(Data::get::<i32>);
    let zero_point = filter_zero_point(site);
    let taps = taps(site);
    let channel = |(channel, taps): (usize, &Vec<i8>)| {
        let start = bias.map_or(0, |b| b[channel]);
        requantisation.scaled_channel(channel, start, &centred(taps.iter().copied(), zero_point))
    };
    let parameters: Vec<_> = taps.iter().enumerate().map(channel).collect();
    let biases = parameters.iter().map(|channel| channel.bias).collect();
    let scales = parameters.iter().flat_map(|channel| channel.scale).collect();
    let zero_points = [
        ("input_zero_point", Arg::Int(requantisation.input_zero_point)),
        ("filter_zero_point", Arg::Int(zero_point)),
    ];
    let rounding = requantisation.args(bound(&parameters));
    lower(
        op,
        site,
        vec![COMMON, REQUANTISE, S8],
        "smidgen_depthwise_conv2d_s8",
        [filter(&taps), prepared::bias(CArray::I32(biases)), prepared::scale(scales)],
        zero_points.into_iter().chain(rounding),
    )
}

fn lower_s16(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let wide =
        wide(site, CHANNEL_AXIS, op.activation).expect("the site's quantisation has been checked");
    let taps = taps(site);
    let rows: Vec<_> = taps.iter().map(|taps| centred(taps.iter().copied(), 0)).collect();
    let plan = wide.plan(&rows, site.constant(2));
    let channels = || (0..rows.len()).map(Some);
    lower(
        op,
        site,
        vec![COMMON, REQUANTISE, REQUANTISE_S16, S16],
        "smidgen_depthwise_conv2d_s16",
        [filter(&taps), plan.bias(channels()), plan.scale(channels())],
        plan.args(),
    )
}

/// The taps, one channel after the other.
fn filter(taps: &[Vec<i8>]) -> Constant {
    Constant { name: "filter", is_weight: true, data: CArray::I8(taps.concat()) }
}

/// Code of an integer kernel; `parameters` follow the geometry.
fn lower(
    op: &DepthwiseConv2d,
    site: &Site,
    sources: Vec<Source>,
    function: &'static str,
    constants: [Constant; 3],
    parameters: impl IntoIterator<Item = (&'static str, Arg)>,
) -> Lowering {
    let (band, plane_width, bytes) = plane(op, site);
    let mut args = sizes(op, site);
    args.extend([("band", Arg::size(band)), ("plane_width", Arg::size(plane_width))]);
    args.extend(parameters);
    let scratch = Some(("plane", bytes));
    Prepared { sources, function, constants, scratch, parameters: args }.into()
}

fn lower_f32(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let sizes = sizes(op, site);
    prepared::lower_f32(site, op.activation, F32, "smidgen_depthwise_conv2d_f32", sizes)
}
