//! Kernels of `SVDF`.

use super::{Sizes, Svdf};
use crate::ops::common::{COMMON, FLOAT_MATH, RECURRENT_F32, REQUANTISE};
use crate::ops::requantisation::wrapping_sum;
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Data};

pub(super) const TABLE: &[Kernel<Svdf>] = &[
    Kernel {
        name: "svdf_s8",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::I8,
        lower: lower_s8,
    },
    Kernel {
        name: "svdf_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
];

const S8: Source = Source { file: "smidgen_svdf_s8.h", text: include_str!("svdf_s8.h") };
const F32: Source = Source { file: "smidgen_svdf_f32.h", text: include_str!("svdf_f32.h") };

fn sizes(op: &Svdf, site: &Site) -> [(&'static str, Arg); 5] {
    let Sizes { batch, inputs, units, memory } = op.site_sizes(site);
    [
        ("batch", Arg::size(batch)),
        ("inputs", Arg::size(inputs)),
        ("units", Arg::size(units)),
        ("rank", Arg::size(op.rank)),
        ("memory", Arg::size(memory)),
    ]
}

fn constant<'a>(site: &Site<'a>, operand: usize) -> &'a Data {
    site.constant(operand).expect("constants have been checked")
}

fn array(name: &'static str, is_weight: bool, data: CArray) -> Constant {
    Constant { name, is_weight, data }
}

fn lower_s8(op: &Svdf, site: &Site) -> Lowering {
    let Sizes { inputs, units, memory, .. } = op.site_sizes(site);
    let [input_zero, state_zero, output_zero] = op.zero_points(site);
    let features = constant(site, 1).get::<i8>();
    let offset = |row| input_zero.wrapping_mul(wrapping_sum(row)).wrapping_neg();
    let offsets = features.chunks_exact(inputs).map(offset).collect();
    let (times, wide): (Vec<i32>, bool) = match constant(site, 2) {
        Data::I16(times) => (times.iter().map(|&w| w.into()).collect(), true),
        times => (times.get::<i8>().iter().map(|&w| w.into()).collect(), false),
    };
    let bias = op.bias.then(|| constant(site, 3).get::<i32>());
    let fold = |(unit, times): (usize, &[i32])| {
        let start = bias.map_or(0, |bias| bias[unit]);
        start.wrapping_sub(state_zero.wrapping_mul(wrapping_sum(times)))
    };
    let biases = times.chunks_exact(op.rank * memory).take(units).enumerate().map(fold).collect();
    let time = match constant(site, 2) {
        Data::I16(times) => CArray::I16(times.clone()),
        times => CArray::I8(times.get::<i8>().to_vec()),
    };
    let [to_state, to_output] = op.multipliers(site);
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("feature", Arg::Constant(0)),
        ("offset", Arg::Constant(1)),
        ("time", Arg::Constant(2)),
        ("bias", Arg::Constant(3)),
        ("state", Arg::Output(1)),
        ("y", Arg::Output(0)),
    ];
    args.extend(sizes(op, site));
    args.extend([
        ("wide", Arg::Int(wide.into())),
        ("state_multiplier", Arg::Int(to_state.mantissa)),
        ("state_shift", Arg::Int(to_state.shift)),
        ("state_zero_point", Arg::Int(state_zero)),
        ("multiplier", Arg::Int(to_output.mantissa)),
        ("shift", Arg::Int(to_output.shift)),
        ("zero_point", Arg::Int(output_zero)),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, S8],
        constants: vec![
            array("feature", true, CArray::I8(features.to_vec())),
            array("offset", false, CArray::I32(offsets)),
            array("time", true, time),
            array("bias", true, CArray::I32(biases)),
        ],
        calls: vec![Call { function: "smidgen_svdf_s8", args }],
        ..Lowered::default()
    })
}

fn lower_f32(op: &Svdf, site: &Site) -> Lowering {
    let floats = |operand| CArray::F32(constant(site, operand).get::<f32>().to_vec());
    let units = op.site_sizes(site).units;
    let bias = if op.bias { floats(3) } else { CArray::F32(vec![0.0; units]) };
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("feature", Arg::Constant(0)),
        ("time", Arg::Constant(1)),
        ("bias", Arg::Constant(2)),
        ("state", Arg::Output(1)),
        ("y", Arg::Output(0)),
    ];
    args.extend(sizes(op, site));
    args.extend(op.activation.args());
    Lowering::Code(Lowered {
        sources: vec![COMMON, FLOAT_MATH, RECURRENT_F32, F32],
        constants: vec![
            array("feature", true, floats(1)),
            array("time", true, floats(2)),
            array("bias", op.bias, bias),
        ],
        calls: vec![Call { function: "smidgen_svdf_f32", args }],
        ..Lowered::default()
    })
}
