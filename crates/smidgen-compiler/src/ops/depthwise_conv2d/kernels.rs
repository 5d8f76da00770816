//! Kernels of `DEPTHWISE_CONV_2D`.

use super::{CHANNEL_AXIS, DepthwiseConv2d};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::conv2d::{constant_parameters, wide};
use crate::ops::requantisation::{
    DOUBLE, MAX_PRODUCTS, Requantisation, bound, centred, filter_zero_point,
};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Data};

pub(super) const TABLE: &[Kernel<DepthwiseConv2d>] = &[
    Kernel { name: "depthwise_conv2d_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel {
        name: "depthwise_conv2d_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16 && constant_parameters(site),
        lower: lower_s16,
    },
    Kernel { name: "depthwise_conv2d_f32", needs: &[], accepts: accepts_f32, lower: lower_f32 },
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
    let few_taps = filter[1] * filter[2] <= MAX_PRODUCTS;
    site.input(0).dtype == DType::I8 && constant_parameters(site) && few_taps
}

fn accepts_f32(_: &DepthwiseConv2d, site: &Site) -> bool {
    site.input(0).dtype == DType::F32 && constant_parameters(site)
}

/// Shapes and window, which both kernels take.
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
        ("stride_y", op.window.stride[0]),
        ("stride_x", op.window.stride[1]),
        ("dilation_y", op.window.dilation[0]),
        ("dilation_x", op.window.dilation[1]),
        ("pad_top", op.window.padding.top),
        ("pad_left", op.window.padding.left),
    ];
    sizes.map(|(name, size)| (name, Arg::size(size))).to_vec()
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

/// The taps of each channel, one channel after the other.
fn taps(site: &Site) -> Vec<Vec<i8>> {
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let channels = site.output(0).shape.last();
    let taps = |channel| filter[channel..].iter().step_by(channels).copied().collect();
    (0..channels).map(taps).collect()
}

fn lower_s8(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let requantisation = Requantisation::new(site, CHANNEL_AXIS, op.activation, DOUBLE)
        .expect("the site's quantisation has been checked");
    let bias = site.constant(2).map(Data::get::<i32>);
    let zero_point = filter_zero_point(site);
    let taps = taps(site);
    let channel = |(channel, taps): (usize, &Vec<i8>)| {
        let start = bias.map_or(0, |b| b[channel]);
        requantisation.scaled_channel(channel, start, &centred(taps.iter().copied(), zero_point))
    };
    let parameters: Vec<_> = taps.iter().enumerate().map(channel).collect();
    let weights = taps.concat();
    let biases = parameters.iter().map(|channel| channel.bias).collect();
    let scales = parameters.iter().flat_map(|channel| channel.scale).collect();
    let (band, plane_width, scratch_bytes) = plane(op, site);
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("scale", Arg::Constant(2)),
        ("plane", Arg::Scratch),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(op, site));
    args.extend([
        ("band", Arg::size(band)),
        ("plane_width", Arg::size(plane_width)),
        ("input_zero_point", Arg::Int(requantisation.input_zero_point)),
        ("filter_zero_point", Arg::Int(zero_point)),
    ]);
    args.extend(requantisation.args(bound(&parameters)));
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, S8],
        constants: vec![
            Constant { name: "filter", is_weight: true, data: CArray::I8(weights) },
            Constant { name: "bias", is_weight: true, data: CArray::I32(biases) },
            Constant { name: "scale", is_weight: false, data: CArray::I32(scales) },
        ],
        scratch_bytes,
        in_place: vec![],
        calls: vec![Call { function: "smidgen_depthwise_conv2d_s8", args }],
    })
}

fn lower_s16(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let wide =
        wide(site, CHANNEL_AXIS, op.activation).expect("the site's quantisation has been checked");
    let taps = taps(site);
    let rows: Vec<_> = taps.iter().map(|taps| centred(taps.iter().copied(), 0)).collect();
    let plan = wide.plan(&rows, site.constant(2));
    let channels = || (0..rows.len()).map(Some);
    let (band, plane_width, scratch_bytes) = plane(op, site);
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("scale", Arg::Constant(2)),
        ("plane", Arg::Scratch),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(op, site));
    args.extend([("band", Arg::size(band)), ("plane_width", Arg::size(plane_width))]);
    args.extend(plan.args());
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, REQUANTISE_S16, S16],
        constants: vec![
            Constant { name: "filter", is_weight: true, data: CArray::I8(taps.concat()) },
            plan.bias(channels()),
            plan.scale(channels()),
        ],
        scratch_bytes,
        in_place: vec![],
        calls: vec![Call { function: "smidgen_depthwise_conv2d_s16", args }],
    })
}

fn lower_f32(op: &DepthwiseConv2d, site: &Site) -> Lowering {
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<f32>();
    let channels = site.output(0).shape.last();
    let bias = site.constant(2).map_or(vec![0.0; channels], |bias| bias.get::<f32>().to_vec());
    let (low, high) = op.activation.clamp_f32();
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(op, site));
    args.extend([("low", Arg::Float(low)), ("high", Arg::Float(high))]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, F32],
        constants: vec![
            Constant { name: "filter", is_weight: true, data: CArray::F32(filter.to_vec()) },
            Constant { name: "bias", is_weight: true, data: CArray::F32(bias) },
        ],
        calls: vec![Call { function: "smidgen_depthwise_conv2d_f32", args }],
        ..Lowered::default()
    })
}
