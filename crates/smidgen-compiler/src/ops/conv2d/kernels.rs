//! Kernels of `CONV_2D`.

use super::{Conv2d, kernels_s16};
use crate::ops::common::prepared::{self, Prepared};
use crate::ops::common::weights::{self, WEIGHTS};
use crate::ops::common::{COMMON, REQUANTISE};
use crate::ops::requantisation::{
    Channel, MAX_PRODUCTS, Requantisation, Scheme, bound, centred, filter_zero_point,
};
use crate::ops::{Arg, CArray, Kernel, Lowering, Padding, Site, Source};
use crate::tensor::{DType, Data};
use smidgen_target::Feature;

pub(super) const TABLE: &[Kernel<Conv2d>] = &[
    // Cores with the DSP extension multiply and add to 64 bits in one cycle.
    Kernel {
        name: "conv2d_s8_wide",
        needs: &[Feature::Dsp],
        accepts: accepts_s8_wide,
        lower: lower_s8_wide,
    },
    Kernel { name: "conv2d_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel {
        name: "conv2d_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: kernels_s16::lower,
    },
    Kernel {
        name: "conv2d_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const CONV2D_S8: Source = Source { file: "smidgen_conv2d_s8.h", text: include_str!("conv2d_s8.h") };
const CONV2D_S8_WIDE: Source =
    Source { file: "smidgen_conv2d_s8_wide.h", text: include_str!("conv2d_s8_wide.h") };
const CONV2D_F32: Source =
    Source { file: "smidgen_conv2d_f32.h", text: include_str!("conv2d_f32.h") };

/// Channels that the integer kernels compute at a time.
pub(super) const BLOCK: usize = 4;

fn accepts_s8(_: &Conv2d, site: &Site) -> bool {
    let taps: usize = site.input(1).shape.dims()[1..].iter().product();
    site.input(0).dtype == DType::I8 && taps <= MAX_PRODUCTS
}

/// Sizes that all kernels take.
pub(super) struct Geometry {
    groups: usize,
    group_out: usize,
    /// Elements of one filter.
    taps: usize,
    /// Elements that two neighbouring windows may need.
    pub patch: usize,
    pub args: Vec<(&'static str, Arg)>,
}

impl Geometry {
    /// The channels in the order of the integer kernels: for each group, blocks of [`BLOCK`]; `None`
    /// fills a block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = [Option<usize>; BLOCK]> {
        let &Self { groups, group_out, .. } = self;
        let starts = move |group| (0..group_out).step_by(BLOCK).map(move |first| (group, first));
        (0..groups).flat_map(starts).map(move |(group, first)| {
            std::array::from_fn(|i| {
                (first + i < group_out).then_some(group * group_out + first + i)
            })
        })
    }

    /// The weights in that order; those of a block are interleaved, `fill` stands for none.
    pub(super) fn interleave(&self, filter: &[i8], fill: i8) -> Vec<i8> {
        let taps = self.taps;
        let weight = move |channel: Option<usize>, tap: usize| {
            channel.map_or(fill, |channel| filter[channel * taps + tap])
        };
        let tap = move |block: [Option<usize>; BLOCK], tap| block.map(|c| weight(c, tap));
        self.blocks().flat_map(|block| (0..taps).flat_map(move |i| tap(block, i))).collect()
    }
}

pub(super) fn geometry(op: &Conv2d, site: &Site) -> Geometry {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let filter = site.input(1).shape.dims();
    let (kernel_height, kernel_width, group_in) = (filter[1], filter[2], filter[3]);
    let groups = x[3] / group_in;
    let group_out = y[3] / groups;
    let window = op.window;
    let step = if y[2] == 1 { 1 } else { window.stride[1] };
    let columns = if window.dilation[1] == 1 { kernel_width + step } else { 2 * kernel_width };
    // A 1x1 convolution without padding or stride sees no neighbours: one long row of pixels.
    let pointwise = kernel_height * kernel_width == 1
        && window.stride == [1, 1]
        && window.padding == Padding::default();
    let image =
        |d: &[usize]| if pointwise { (1, 1, d[0] * d[1] * d[2]) } else { (d[0], d[1], d[2]) };
    let ((batches, in_height, in_width), (_, out_height, out_width)) = (image(x), image(y));
    let sizes = [
        ("batches", batches),
        ("in_height", in_height),
        ("in_width", in_width),
        ("in_channels", x[3]),
        ("out_height", out_height),
        ("out_width", out_width),
        ("groups", groups),
        ("group_in", group_in),
        ("group_out", group_out),
        ("kernel_height", kernel_height),
        ("kernel_width", kernel_width),
    ];
    let mut args = sizes.map(|(name, size)| (name, Arg::size(size))).to_vec();
    args.extend(window.args([y[1], y[2]]));
    Geometry {
        groups,
        group_out,
        taps: kernel_height * kernel_width * group_in,
        patch: kernel_height * columns * group_in,
        args,
    }
}

/// Int8 parameters in the order of the kernels: for each group, blocks of [`BLOCK`] channels.
struct Parameters {
    requantisation: Requantisation,
    /// Weights of a block interleaved.
    weights: Vec<i8>,
    channels: Vec<Channel>,
    /// Subtracted from every weight.
    zero_point: i32,
}

fn parameters(op: &Conv2d, site: &Site, geometry: &Geometry) -> Parameters {
    let requantisation = Requantisation::new(site, 0, op.activation, Scheme::of_sums(op.rounding))
        .expect("the site's quantisation has been checked");
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let bias = site.constant(2).map(Data::get::<i32>);
    let zero_point = filter_zero_point(site);
    let channel = |channel: Option<usize>| {
        channel.map_or(Channel::default(), |channel| {
            let row = &filter[channel * geometry.taps..][..geometry.taps];
            let start = bias.map_or(0, |b| b[channel]);
            requantisation.scaled_channel(channel, start, &centred(row.iter().copied(), zero_point))
        })
    };
    let channels = geometry.blocks().flatten().map(channel).collect();
    let weights = geometry.interleave(filter, zero_point as i8);
    Parameters { requantisation, weights, channels, zero_point }
}

fn accepts_s8_wide(op: &Conv2d, site: &Site) -> bool {
    accepts_s8(op, site) && bound(&parameters(op, site, &geometry(op, site)).channels) < 1 << 23
}

fn lower_s8_wide(op: &Conv2d, site: &Site) -> Lowering {
    let geometry = geometry(op, site);
    let parameters = parameters(op, site, &geometry);
    let start = |channel: &Channel| {
        let bias = i64::from(channel.bias);
        (bias << 24) + bias - 128 * i64::from(channel.sum) + (1 << 23)
    };
    let bias = CArray::I64(parameters.channels.iter().map(start).collect());
    let patch_bytes = 4 * geometry.taps;
    lower_int8(geometry, parameters, bias, patch_bytes, CONV2D_S8_WIDE, "smidgen_conv2d_s8_wide")
}

fn lower_s8(op: &Conv2d, site: &Site) -> Lowering {
    let geometry = geometry(op, site);
    let parameters = parameters(op, site, &geometry);
    let bias = CArray::I32(parameters.channels.iter().map(|channel| channel.bias).collect());
    let patch_bytes = geometry.patch;
    lower_int8(geometry, parameters, bias, patch_bytes, CONV2D_S8, "smidgen_conv2d_s8")
}

fn lower_int8(
    geometry: Geometry,
    parameters: Parameters,
    bias: CArray,
    scratch_bytes: usize,
    source: Source,
    function: &'static str,
) -> Lowering {
    let requantisation = parameters.requantisation;
    let (filter, filter_bits) = weights::filter(parameters.weights);
    let scales = parameters.channels.iter().flat_map(|channel| channel.scale).collect();
    let mut args = geometry.args;
    args.extend([
        ("input_zero_point", Arg::Int(requantisation.input_zero_point)),
        filter_bits,
        ("filter_zero_point", Arg::Int(parameters.zero_point)),
    ]);
    args.extend(requantisation.args(bound(&parameters.channels)));
    Prepared {
        sources: vec![COMMON, REQUANTISE, WEIGHTS, source],
        function,
        constants: [filter, prepared::bias(bias), prepared::scale(scales)],
        scratch: Some(("patch", scratch_bytes)),
        parameters: args,
    }
    .into()
}

fn lower_f32(op: &Conv2d, site: &Site) -> Lowering {
    let sizes = geometry(op, site).args;
    prepared::lower_f32(site, op.activation, CONV2D_F32, "smidgen_conv2d_f32", sizes)
}
