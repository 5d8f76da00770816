//! Kernels of `FULLY_CONNECTED`.

use super::{FullyConnected, filter_zero_point};
use crate::ops::common::{COMMON, REQUANTISE};
use crate::ops::conv2d::constant_parameters;
use crate::ops::requantisation::{Requantisation, fold_zero_point};
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Data, Quant};

pub(super) const TABLE: &[Kernel<FullyConnected>] = &[
    Kernel { name: "fully_connected_s8", needs: &[], accepts: accepts_s8, lower: lower_s8 },
    Kernel {
        name: "fully_connected_s8_plain",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8_plain,
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
const S8_PLAIN: Source = Source {
    file: "smidgen_fully_connected_s8_plain.h",
    text: include_str!("fully_connected_s8_plain.h"),
};
const F32: Source =
    Source { file: "smidgen_fully_connected_f32.h", text: include_str!("fully_connected_f32.h") };

/// Rows that the int8 kernel computes at a time.
const BLOCK: usize = 8;

fn accepts_s8(_: &FullyConnected, site: &Site) -> bool {
    site.input(0).dtype == DType::I8 && constant_parameters(site) && filter_zero_point(site) == 0
}

/// Sizes that all kernels take.
fn sizes(site: &Site) -> [(&'static str, Arg); 3] {
    let filter = site.input(1).shape.dims();
    let batches = site.input(0).shape.elements() / filter[1];
    [
        ("batches", Arg::size(batches)),
        ("depth", Arg::size(filter[1])),
        ("units", Arg::size(filter[0])),
    ]
}

/// Multipliers and shifts: one per unit, or one in all where they are equal.
fn scaling(site: &Site, requantisation: &Requantisation) -> ([Constant; 2], (&'static str, Arg)) {
    let per_channel = matches!(site.input(1).quant, Quant::PerAxis { .. });
    let units = if per_channel { requantisation.multipliers.len() } else { 1 };
    let (multipliers, shifts) = (0..units).map(|unit| requantisation.constants(Some(unit))).unzip();
    let constants = [
        Constant { name: "multiplier", is_weight: false, data: CArray::I32(multipliers) },
        Constant { name: "shift", is_weight: false, data: CArray::I8(shifts) },
    ];
    (constants, ("per_channel", Arg::Int(per_channel.into())))
}

fn lower_s8(op: &FullyConnected, site: &Site) -> Lowering {
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let filter = site.constant(1).expect("accepted only with a constant filter").get::<i8>();
    let bias = site.constant(2).map(Data::get::<i32>);
    let depth = site.input(1).shape.last();
    let rows: Vec<&[i8]> = filter.chunks_exact(depth).collect();
    let (mut weights, mut biases, mut bound) = (Vec::with_capacity(filter.len()), vec![], 0);
    for block in rows.chunks(BLOCK) {
        for i in 0..depth {
            weights.extend((0..BLOCK).map(|row| block.get(row).map_or(0, |row| row[i])));
        }
    }
    for (unit, row) in rows.iter().enumerate() {
        let start = bias.map_or(0, |b| b[unit]);
        let (folded, reach) = fold_zero_point(start, row, requantisation.input_zero_point);
        biases.push(folded);
        bound = bound.max(reach);
    }
    biases.resize(biases.len().next_multiple_of(BLOCK), 0);
    let (scaling, per_channel) = scaling(site, &requantisation);
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("multiplier", Arg::Constant(2)),
        ("shift", Arg::Constant(3)),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(site));
    args.push(per_channel);
    args.extend(requantisation.args(bound));
    let mut constants = vec![
        Constant { name: "filter", is_weight: true, data: CArray::I8(weights) },
        Constant { name: "bias", is_weight: true, data: CArray::I32(biases) },
    ];
    constants.extend(scaling);
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, S8],
        constants,
        calls: vec![Call { function: "smidgen_fully_connected_s8", args }],
        ..Lowered::default()
    })
}

/// The filter as it is: an operand where it is computed, else a constant; the same for the bias.
fn parameter(
    site: &Site,
    index: usize,
    name: &'static str,
    absent: CArray,
    constants: &mut Vec<Constant>,
) -> (&'static str, Arg) {
    let data = match (site.inputs.get(index), site.constant(index)) {
        (Some(_), None) => return (name, Arg::Input(index)),
        (Some(_), Some(Data::I8(data))) => CArray::I8(data.clone()),
        (Some(_), Some(Data::I32(data))) => CArray::I32(data.clone()),
        (Some(_), Some(Data::F32(data))) => CArray::F32(data.clone()),
        (Some(_), Some(other)) => unreachable!("checked element types, not {}", other.dtype()),
        (None, _) => absent,
    };
    constants.push(Constant { name, is_weight: true, data });
    (name, Arg::Constant(constants.len() - 1))
}

fn lower_s8_plain(op: &FullyConnected, site: &Site) -> Lowering {
    let requantisation = op.requantisation(site).expect("the site's quantisation has been checked");
    let units = site.input(1).shape[0];
    let (scaling, per_channel) = scaling(site, &requantisation);
    let mut constants = scaling.to_vec();
    let mut args = vec![
        ("input", Arg::Input(0)),
        parameter(site, 1, "filter", CArray::I8(vec![]), &mut constants),
        parameter(site, 2, "bias", CArray::I32(vec![0; units]), &mut constants),
        ("multiplier", Arg::Constant(0)),
        ("shift", Arg::Constant(1)),
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
    let units = site.input(1).shape[0];
    let (low, high) = op.activation.clamp_f32();
    let mut constants = vec![];
    let mut args = vec![
        ("input", Arg::Input(0)),
        parameter(site, 1, "filter", CArray::F32(vec![]), &mut constants),
        parameter(site, 2, "bias", CArray::F32(vec![0.0; units]), &mut constants),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes(site));
    args.extend([("low", Arg::Float(low)), ("high", Arg::Float(high))]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, F32],
        constants,
        calls: vec![Call { function: "smidgen_fully_connected_f32", args }],
        ..Lowered::default()
    })
}
