//! Kernels of `TRANSPOSE_CONV`.

use super::{CHANNEL_AXIS, TransposeConv};
use crate::ops::common::convolution::wide;
use crate::ops::common::prepared::{self, Prepared};
use crate::ops::common::{COMMON, REQUANTISE, REQUANTISE_S16};
use crate::ops::requantisation::{DOUBLE, Requantisation, centred, filter_zero_point};
use crate::ops::{Arg, CArray, Constant, Kernel, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<TransposeConv>] = &[
    Kernel {
        name: "transpose_conv_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "transpose_conv_s16",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: lower_s16,
    },
    Kernel {
        name: "transpose_conv_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const S8: Source =
    Source { file: "smidgen_transpose_conv_s8.h", text: include_str!("transpose_conv_s8.h") };
const S16: Source =
    Source { file: "smidgen_transpose_conv_s16.h", text: include_str!("transpose_conv_s16.h") };
const F32: Source =
    Source { file: "smidgen_transpose_conv_f32.h", text: include_str!("transpose_conv_f32.h") };

/// Channels that the integer kernels compute at a time.
const BLOCK: usize = 4;

fn sizes(op: &TransposeConv, site: &Site) -> Vec<(&'static str, Arg)> {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let filter = site.input(1).shape.dims();
    let padding = op.window.padding;
    // Of input rows and columns that are farther apart, the first alone reaches an output.
    let stride =
        [0, 1].map(|d| op.window.stride[d].min([padding.top, padding.left][d] + op.size[d]));
    let sizes = [
        ("batches", x[0]),
        ("in_height", x[1]),
        ("in_width", x[2]),
        ("in_channels", x[3]),
        ("out_height", y[1]),
        ("out_width", y[2]),
        ("out_channels", y[3]),
        ("kernel_height", filter[1]),
        ("kernel_width", filter[2]),
        ("stride_y", stride[0]),
        ("stride_x", stride[1]),
        ("pad_top", padding.top),
        ("pad_left", padding.left),
    ];
    sizes.map(|(name, size)| (name, Arg::size(size))).to_vec()
}

/// The weights of each output channel.
fn rows<'a>(site: &Site<'a>) -> Vec<&'a [i8]> {
    let filter = site.constant(1).expect("constants have been checked").get::<i8>();
    filter.chunks_exact(filter.len() / site.input(1).shape[0]).collect()
}

/// The weights with those of [`BLOCK`] channels interleaved; the zero point fills the last block.
fn interleaved(site: &Site) -> Constant {
    let rows = rows(site);
    let fill = filter_zero_point(site) as i8;
    let tap = |block: &[&[i8]], tap: usize| -> [i8; BLOCK] {
        std::array::from_fn(|i| block.get(i).map_or(fill, |row| row[tap]))
    };
    let block = |block: &[&[i8]]| -> Vec<_> { (0..rows[0].len()).map(|i| tap(block, i)).collect() };
    let weights = rows.chunks(BLOCK).flat_map(block).flatten().collect();
    Constant { name: "filter", is_weight: true, data: CArray::I8(weights) }
}

fn lower_s8(op: &TransposeConv, site: &Site) -> Lowering {
    let requantisation = Requantisation::new(site, CHANNEL_AXIS, op.activation, DOUBLE)
        .expect("the site's quantisation has been checked");
    let channels = site.output(0).shape.last();
    let bias = site.constant(2).map_or(vec![0; channels], |bias| bias.get::<i32>().to_vec());
    let scales = (0..channels).flat_map(|channel| requantisation.scale(channel)).collect();
    let mut parameters = sizes(op, site);
    parameters.extend([
        ("input_zero_point", Arg::Int(requantisation.input_zero_point)),
        ("filter_zero_point", Arg::Int(filter_zero_point(site))),
    ]);
    // The zero point cannot be folded into the bias: border outputs see fewer taps.
    let bound = |(row, &bias): (&&[i8], &i32)| {
        let weights = centred(row.iter().copied(), filter_zero_point(site));
        i64::from(bias).abs() + weights.iter().map(|&w| 255 * i64::from(w).abs()).sum::<i64>()
    };
    let bound = rows(site).iter().zip(&bias).map(bound).max().unwrap_or(0);
    parameters.extend(requantisation.args(bound));
    Prepared {
        sources: vec![COMMON, REQUANTISE, S8],
        function: "smidgen_transpose_conv_s8",
        constants: [interleaved(site), prepared::bias(CArray::I32(bias)), prepared::scale(scales)],
        scratch: None,
        parameters,
    }
    .into()
}

fn lower_s16(op: &TransposeConv, site: &Site) -> Lowering {
    let wide =
        wide(site, CHANNEL_AXIS, op.activation).expect("the site's quantisation has been checked");
    let rows: Vec<_> = rows(site).iter().map(|row| centred(row.iter().copied(), 0)).collect();
    let plan = wide.plan(&rows, site.constant(2));
    let channels = || (0..rows.len()).map(Some);
    let mut parameters = sizes(op, site);
    parameters.push(("run", Arg::size(plan.run.min(site.input(0).shape.last()))));
    parameters.extend(plan.args());
    Prepared {
        sources: vec![COMMON, REQUANTISE, REQUANTISE_S16, S16],
        function: "smidgen_transpose_conv_s16",
        constants: [interleaved(site), plan.bias(channels()), plan.scale(channels())],
        scratch: None,
        parameters,
    }
    .into()
}

fn lower_f32(op: &TransposeConv, site: &Site) -> Lowering {
    let sizes = sizes(op, site);
    prepared::lower_f32(site, op.activation, F32, "smidgen_transpose_conv_f32", sizes)
}
