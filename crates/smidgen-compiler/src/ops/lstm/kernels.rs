//! Kernels of LSTMs.

use super::form::{Direction, Part};
use super::quantisation::Scales;
use super::{Function, Lstm, Projection};
use crate::ops::common::sigmoid_s16::{self, Sigmoid};
use crate::ops::common::{
    COMMON, FIXED_MATH_S16, FLOAT_FUNCTIONS, FLOAT_MATH, RECURRENT_F32, REQUANTISE, REQUANTISE_S16,
};
use crate::ops::requantisation::wrapping_sum;
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Rounding};

pub(super) const TABLE: &[Kernel<Lstm>] = &[
    Kernel {
        name: "lstm_f32",
        needs: &[],
        accepts: |_, site| site.input(0).dtype == DType::F32,
        lower: lower_f32,
    },
    Kernel {
        name: "lstm_table",
        needs: &[],
        accepts: |op, _| op.rounding != Rounding::Litert,
        lower: lower_table,
    },
    Kernel {
        name: "lstm_s8",
        needs: &[],
        accepts: |op, _| op.rounding == Rounding::Litert,
        lower: lower_s8,
    },
];

const F32: Source = Source { file: "smidgen_lstm_f32.h", text: include_str!("lstm_f32.h") };
const S8: Source = Source { file: "smidgen_lstm_s8.h", text: include_str!("lstm_s8.h") };
const TABLES: Source = Source { file: "smidgen_lstm_table.h", text: include_str!("lstm_table.h") };

/// The constants of a direction.
struct Parameters<'a> {
    site: &'a Site<'a>,
    direction: Direction,
}

impl Parameters<'_> {
    fn data(&self, part: Part) -> &Data {
        let data = self.site.constant(self.direction.operand(part));
        data.expect("constants have been checked")
    }

    /// For each gate rows of weights for the input, each with those for the hidden state behind it.
    fn rows<T: crate::tensor::Element>(&self) -> Vec<T> {
        let Direction { form, inputs, outputs, .. } = self.direction;
        let mut rows = Vec::new();
        for &gate in form.gates() {
            let weights = self.data(Part::Weights(gate)).get::<T>().chunks_exact(inputs);
            let recurrent = self.data(Part::Recurrent(gate)).get::<T>().chunks_exact(outputs);
            for (weights, recurrent) in weights.zip(recurrent) {
                rows.extend([weights, recurrent].concat());
            }
        }
        rows
    }

    /// All parts that are there, one after the other.
    fn concat<T: crate::tensor::Element>(&self, parts: impl Iterator<Item = Part>) -> Vec<T> {
        parts.flat_map(|part| self.data(part).get::<T>().to_vec()).collect()
    }

    /// For each row the bias less the zero points' share, of the input and of the hidden state.
    fn folded(&self, scales: &Scales) -> Vec<i32> {
        let Direction { form, inputs, outputs, .. } = self.direction;
        let share = |part, length, zero_point: i32| {
            let rows = self.data(part).get::<i8>().chunks_exact(length);
            let share = |row| zero_point.wrapping_mul(wrapping_sum(row)).wrapping_neg();
            rows.map(share).collect::<Vec<_>>()
        };
        let mut folded = Vec::new();
        for &gate in form.gates() {
            let first = share(Part::Weights(gate), inputs, scales.input_zero_point);
            let second = share(Part::Recurrent(gate), outputs, scales.hidden_zero_point);
            let bias = (!form.norm).then(|| self.data(Part::Bias(gate)).get::<i32>());
            for (k, (first, second)) in first.into_iter().zip(second).enumerate() {
                let bias = bias.map_or(0, |bias| bias[k]);
                folded.extend([bias.wrapping_add(first), second]);
            }
        }
        folded
    }
}

/// The factors of normalised gates.
fn norms(direction: Direction) -> impl Iterator<Item = Part> {
    let form = direction.form;
    form.gates().iter().filter(move |_| form.norm).map(|&gate| Part::Norm(gate))
}

fn peepholes(direction: Direction) -> impl Iterator<Item = Part> {
    direction.form.peepholes().map(Part::Peephole)
}

fn biases(direction: Direction) -> impl Iterator<Item = Part> {
    direction.form.gates().iter().map(|&gate| Part::Bias(gate))
}

fn weight(name: &'static str, data: CArray) -> Constant {
    Constant { name, is_weight: true, data }
}

fn number(name: &'static str, data: CArray) -> Constant {
    Constant { name, is_weight: false, data }
}

fn flag(name: &'static str, value: bool) -> (&'static str, Arg) {
    (name, Arg::Int(value.into()))
}

fn lower_f32(op: &Lstm, site: &Site) -> Lowering {
    let (sequence, directions) = (op.sequence(site), op.site_directions(site));
    let sources = vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, RECURRENT_F32, F32];
    let mut lowered = Lowered { sources, ..Lowered::default() };
    for (index, &direction) in directions.iter().enumerate() {
        let Direction { form, cells, outputs, .. } = direction;
        let parameters = Parameters { site, direction };
        let mut weights = parameters.rows::<f32>();
        let parts = biases(direction).chain(peepholes(direction)).chain(norms(direction));
        let parts = parts.chain(form.projection.parts().iter().copied());
        weights.extend(parameters.concat::<f32>(parts));
        let (output, from) = op.place(&directions, index);
        let states = op.function.outputs() + 2 * index;
        let mut args = vec![
            ("x", Arg::Input(0)),
            ("weights", Arg::Constant(index)),
            ("hidden", Arg::Output(states)),
            ("cell", Arg::Output(states + 1)),
            ("scratch", Arg::Scratch),
            ("y", Arg::OutputAt(output, from)),
        ];
        args.extend(sequence.args(index == 1));
        args.extend([
            ("cells", Arg::size(cells)),
            ("outputs", Arg::size(outputs)),
            ("width", Arg::size(site.output(output).shape.last())),
            flag("coupled", form.coupled),
            flag("peephole", form.peephole),
            ("projection", Arg::size(form.projection.parts().len())),
            flag("norm", form.norm),
            ("cell_clip", Arg::Float(op.cell_clip)),
            ("projection_clip", Arg::Float(op.projection_clip)),
        ]);
        args.extend(op.activation.args());
        let name = ["weights", "backward_weights"][index];
        lowered.constants.push(weight(name, CArray::F32(weights)));
        lowered.scratch_bytes = lowered.scratch_bytes.max(4 * form.gates().len() * cells);
        lowered.calls.push(Call { function: "smidgen_lstm_f32", args });
    }
    Lowering::Code(lowered)
}

/// The only direction of an integer LSTM, and its multipliers.
fn integer<'a>(op: &Lstm, site: &'a Site<'a>) -> (Parameters<'a>, Scales) {
    debug_assert!(!matches!(op.function, Function::Both { .. }), "checked");
    let direction = op.site_directions(site)[0];
    let scales = Scales::new(op, site, &direction).expect("quantisation has been checked");
    (Parameters { site, direction }, scales)
}

/// What all integer kernels take first; constants are weights, biases, numbers of int16, scales.
fn first_args(op: &Lstm, site: &Site, third: &'static str) -> Vec<(&'static str, Arg)> {
    let mut args = vec![
        ("x", Arg::Input(0)),
        ("weights", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("scales", Arg::Constant(2)),
        (third, Arg::Constant(3)),
        ("hidden", Arg::Output(1)),
        ("cell", Arg::Output(2)),
        ("scratch", Arg::Scratch),
        ("y", Arg::Output(0)),
    ];
    args.extend(op.sequence(site).args(false));
    args
}

fn pair(multiplier: Multiplier) -> [i32; 2] {
    [multiplier.mantissa, multiplier.shift]
}

fn lower_table(op: &Lstm, site: &Site) -> Lowering {
    let (parameters, scales) = integer(op, site);
    let direction = parameters.direction;
    let wide = site.input(0).dtype == DType::I16;
    let bias = if wide {
        CArray::I64(parameters.concat(biases(direction)))
    } else {
        CArray::I32(parameters.folded(&scales))
    };
    // As `smidgen_output_s16` takes them.
    let words = |Multiplier { mantissa, shift }| match wide {
        true if mantissa >= 0x7fff_0000 => [0x7fff, 15 - shift],
        true => [(mantissa + (1 << 15)) >> 16, 15 - shift],
        false => [mantissa, -shift],
    };
    let numbers = scales.gates.iter().flat_map(|gate| [gate.weights, gate.recurrent].map(words));
    let numbers = numbers.flatten().collect();
    let [(_, cell_multiplier), (_, cell_shift)] = scales.cell_tanh().args();
    let mut args = first_args(op, site, "table");
    args.extend([
        ("cells", Arg::size(direction.cells)),
        flag("wide", wide),
        ("cell_power", Arg::Int(scales.cell_power)),
        ("cell_multiplier", cell_multiplier),
        ("cell_shift", cell_shift),
        ("cell_clip", Arg::Int(scales.cell_clip.unwrap_or(32768))),
        ("multiplier", Arg::Int(scales.inner.mantissa)),
        ("shift", Arg::Int(scales.inner.shift)),
        ("zero_point", Arg::Int(scales.inner_zero_point)),
    ]);
    Lowering::Code(Lowered {
        sources: [&sigmoid_s16::SOURCES[..], &[REQUANTISE, REQUANTISE_S16, TABLES]].concat(),
        constants: vec![
            weight("weights", CArray::I8(parameters.rows())),
            weight("bias", bias),
            number("scales", CArray::I32(numbers)),
            number("table", Sigmoid::table()),
        ],
        scratch_bytes: 8 * direction.cells,
        calls: vec![Call { function: "smidgen_lstm_table", args }],
        ..Lowered::default()
    })
}

fn lower_s8(op: &Lstm, site: &Site) -> Lowering {
    let (parameters, scales) = integer(op, site);
    let direction = parameters.direction;
    let Direction { form, cells, outputs, .. } = direction;
    let mut weights: Vec<i8> = parameters.rows();
    let mut bias = parameters.folded(&scales);
    if form.projection.exists() {
        let projection = parameters.data(Part::Projection).get::<i8>();
        let own = (form.projection == Projection::Biased)
            .then(|| parameters.data(Part::ProjectionBias).get::<i32>());
        bias.extend(projection.chunks_exact(cells).enumerate().map(|(k, row)| {
            let share = scales.inner_zero_point.wrapping_mul(wrapping_sum(row));
            own.map_or(0, |own| own[k]).wrapping_add(share)
        }));
        weights.extend(projection);
    }
    if form.norm {
        bias.extend(parameters.concat::<i32>(biases(direction)));
    }
    let mut fine: Vec<i16> = parameters.concat(peepholes(direction).chain(norms(direction)));
    fine.resize(fine.len().max(1), 0);
    let numbers = scales.gates.iter().flat_map(|gate| {
        let Multiplier { mantissa, shift } = gate.norm;
        let norm = Multiplier { mantissa, shift: shift + 12 };
        let pairs = [gate.weights, gate.recurrent, gate.peephole, norm].map(pair);
        pairs.into_iter().flatten().chain([gate.guard])
    });
    let numbers = numbers.collect();
    let mut args = first_args(op, site, "fine");
    args.extend([
        ("cells", Arg::size(cells)),
        ("outputs", Arg::size(outputs)),
        flag("coupled", form.coupled),
        flag("peephole", form.peephole),
        flag("projection", form.projection.exists()),
        flag("norm", form.norm),
        ("cell_power", Arg::Int(scales.cell_power)),
        ("cell_clip", Arg::Int(scales.cell_clip.unwrap_or(32768))),
        ("inner_multiplier", Arg::Int(scales.inner.mantissa)),
        ("inner_shift", Arg::Int(scales.inner.shift)),
        ("inner_zero_point", Arg::Int(scales.inner_zero_point)),
        ("multiplier", Arg::Int(scales.projection.mantissa)),
        ("shift", Arg::Int(scales.projection.shift)),
        ("zero_point", Arg::Int(scales.hidden_zero_point)),
        ("projection_clip", Arg::Int(scales.projection_clip.unwrap_or(128))),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, FIXED_MATH_S16, S8],
        constants: vec![
            weight("weights", CArray::I8(weights)),
            weight("bias", CArray::I32(bias)),
            number("scales", CArray::I32(numbers)),
            weight("fine", CArray::I16(fine)),
        ],
        scratch_bytes: 8 * cells,
        calls: vec![Call { function: "smidgen_lstm_s8", args }],
        ..Lowered::default()
    })
}
