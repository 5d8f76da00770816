//! Kernels of `FULLY_CONNECTED`.

use super::{FullyConnected, kernels_s16};
use crate::ops::common::prepared::{self, Prepared, constant_parameters, plain_bias};
use crate::ops::common::weights::{self, WEIGHTS};
use crate::ops::common::{COMMON, REQUANTISE};
use crate::ops::requantisation::{
    Channel, MAX_PRODUCTS, Requantisation, bound, centred, filter_zero_point,
};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Data, Quant};
use smidgen_target::Feature;

pub(super) const TABLE: &[Kernel<FullyConnected>] = &[
    // Cores with the DSP extension multiply and add to 64 bits in one cycle.
    Kernel {
        name: "fully_connected_s8_wide",
        needs: &[Feature::Dsp],
        accepts: accepts_s8_wide,
        lower: lower_s8_wide,
    },
    Kernel { name: "fully_connected_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel {
        name: "fully_connected_s8_plain",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8_plain,
    },
    Kernel {
        name: "fully_connected_s16",
        needs: &[],
        accepts: kernels_s16::accepts_blocks,
        lower: kernels_s16::lower_blocks,
    },
    Kernel {
        name: "fully_connected_s16_plain",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I16,
        lower: kernels_s16::lower_plain,
    },
    Kernel {
        name: "fully_connected_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const S8: Source =
    Source { file: "smidgen_fully_connected_s8.h", text: include_str!("fully_connected_s8.h") };
const S8_WIDE: Source = Source {
    file: "smidgen_fully_connected_s8_wide.h",
    text: include_str!("fully_connected_s8_wide.h"),
};
const S8_PLAIN: Source = Source {
    file: "smidgen_fully_connected_s8_plain.h",
    text: include_str!("fully_connected_s8_plain.h"),
};
const F32: Source =
    Source { file: "smidgen_fully_connected_f32.h", text: include_str!("fully_connected_f32.h") };

/// Rows that the integer kernels compute at a time.
pub(super) const BLOCK: usize = 4;

fn accepts_s8(_: &FullyConnected, site: &Site) -> bool {
    site.input(0).dtype == DType::I8
        && constant_parameters(site)
        && site.input(1).shape.last() <= MAX_PRODUCTS
}

/// Sizes that all kernels take.
pub(super) fn sizes(site: &Site) -> [(&'static str, Arg); 3] {
    let filter = site.input(1).shape.dims();
    let batches = site.input(0).shape.elements() / filter[1];
    [
        ("batches", Arg::size(batches)),
        ("depth", Arg::size(filter[1])),
        ("units", Arg::size(filter[0])),
    ]
}

/// Multipliers with shifts: one per unit, or one in all where they are equal.
fn scaling(site: &Site, requantisation: &Requantisation) -> (Constant, (&'static str, Arg)) {
    let per_channel = matches!(site.input(1).quant, Quant::PerAxis { .. });
    let units = if per_channel { requantisation.multipliers.len() } else { 1 };
    let scales = (0..units).flat_map(|unit| requantisation.scale(unit)).collect();
    let constant = Constant { name: "scale", is_weight: false, data: CArray::I32(scales) };
    (constant, ("per_channel", Arg::Int(per_channel.into())))
}

/// Biases with the input's zero point folded in, and the greatest absolute value of a sum.
fn biases(site: &Site, requantisation: &Requantisation) -> (Vec<i32>, i64) {
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let bias = site.constant(2).map(Data::get::<i32>);
    let rows = filter.chunks_exact(site.input(1).shape.last()).enumerate();
    let zero_point = filter_zero_point(site);
    let fold = |(unit, row): (usize, &[i8])| {
        let row = centred(row.iter().copied(), zero_point);
        requantisation.channel(unit, bias.map_or(0, |b| b[unit]), &row)
    };
    let mut channels: Vec<_> = rows.map(fold).collect();
    let bound = bound(&channels);
    channels.resize(channels.len().next_multiple_of(BLOCK), Channel::default());
    (channels.into_iter().map(|channel| channel.bias).collect(), bound)
}

/// For each block of rows, its columns one after the other; the zero point fills the last block.
pub(super) fn columns(site: &Site) -> impl Iterator<Item = [i8; BLOCK]> {
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let depth = site.input(1).shape.last();
    let fill = filter_zero_point(site) as i8;
    let column = move |block: &[i8], i: usize| {
        std::array::from_fn(|row| block.get(row * depth + i).copied().unwrap_or(fill))
    };
    filter.chunks(BLOCK * depth).flat_map(move |block| (0..depth).map(move |i| column(block, i)))
}

/// Weights of 4 bits are left to the kernel that takes them packed.
fn accepts_s8_wide(op: &FullyConnected, site: &Site) -> bool {
    let small = |filter: &Data| weights::are_small(filter.get::<i8>());
    accepts_s8(op, site)
        && !site.constant(1).is_some_and(small)
        && op.requantisation(site).is_ok_and(|requant| biases(site, &requant).1 < 1 << 23)
}

/// The columns as words, and the starts of the 64-bit sums; see the wide kernel's C file.
fn lower_s8_wide(op: &FullyConnected, site: &Site) -> Lowering {
    let unsigned = |x: i8| (x as u8).wrapping_add(128);
    let word = |c: [i8; BLOCK]| {
        i32::from_le_bytes([unsigned(c[0]), c[3] as u8, unsigned(c[2]), c[1] as u8])
    };
    let data = CArray::I32(columns(site).map(word).collect());
    let words = Constant { name: "filter", is_weight: true, data };
    let start = |pair: &[i32]| (i64::from(pair[1]) << 24) + i64::from(pair[0]) + (1 << 23);
    let starts = |biases: &[i32]| CArray::I64(biases.chunks_exact(2).map(start).collect());
    lower_blocks(op, site, (words, None), starts, S8_WIDE, "smidgen_fully_connected_s8_wide")
}

fn lower_s8(op: &FullyConnected, site: &Site) -> Lowering {
    let (weights, bits) = weights::filter(columns(site).flatten().collect());
    let starts = |biases: &[i32]| CArray::I32(biases.to_vec());
    lower_blocks(op, site, (weights, Some(bits)), starts, S8, "smidgen_fully_connected_s8")
}

fn lower_blocks(
    op: &FullyConnected,
    site: &Site,
    (filter, filter_bits): (Constant, Option<(&'static str, Arg)>),
    starts: impl Fn(&[i32]) -> CArray,
    source: Source,
    function: &'static str,
) -> Lowering {
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let (biases, bound) = biases(site, &requantisation);
    let (scaling, per_channel) = scaling(site, &requantisation);
    let mut parameters = sizes(site).to_vec();
    parameters.push(per_channel);
    parameters.extend(filter_bits);
    parameters.push(("filter_zero_point", Arg::Int(filter_zero_point(site))));
    parameters.extend(requantisation.args(bound));
    Prepared {
        sources: vec![COMMON, REQUANTISE, WEIGHTS, source],
        function,
        constants: [filter, prepared::bias(starts(&biases)), scaling],
        scratch: None,
        parameters,
    }
    .into()
}

fn lower_s8_plain(op: &FullyConnected, site: &Site) -> Lowering {
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let units = site.input(1).shape[0];
    let (scaling, per_channel) = scaling(site, &requantisation);
    let mut constants = vec![scaling];
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
        ("input_zero_point", Arg::Int(requantisation.input_zero_point)),
        ("filter_zero_point", Arg::Int(filter_zero_point(site))),
    ]);
    args.extend(requantisation.args(i64::MAX));
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, S8_PLAIN],
        constants,
        calls: vec![Call { function: "smidgen_fully_connected_s8_plain", args }],
        ..Lowered::default()
    })
}

fn lower_f32(op: &FullyConnected, site: &Site) -> Lowering {
    prepared::lower_f32(site, op.activation, F32, "smidgen_fully_connected_f32", sizes(site))
}
