//! Reference of integer LSTMs: gates of int16, as TFLite Micro or as LiteRT computes them.

use super::form::{Direction, Gate, Part};
use super::quantisation::{GATE_SCALE, GateScales, Scales};
use super::{Lstm, Projection, StepFunction};
use crate::ops::Site;
use crate::ops::common::fixed_math;
use crate::ops::common::sigmoid_s16::Sigmoid;
use crate::tensor::{
    DType, Data, Element, Multiplier, Rounding, doubling_high_multiply, round_shift,
};

/// What a step does to the states of a sequence.
pub(super) fn step<'a, T: Element + Into<i32> + TryFrom<i32>>(
    op: &'a Lstm,
    site: &Site,
    inputs: &[&'a Data],
    direction: Direction,
) -> StepFunction<'a, T, i16> {
    let scales = Scales::new(op, site, &direction).expect("quantisation has been checked");
    let inputs = inputs.to_vec();
    let form = direction.form;
    Box::new(move |x: &[T], hidden: &mut [T], cell: &mut [i16]| {
        let gate = |gate, hidden: &[T], cell: &[i16]| {
            let index = form.gates().iter().position(|&other| other == gate);
            let scales_of_gate =
                scales.gates[index.expect("only gates with parameters are computed")];
            let parts = GateParts { inputs: &inputs, direction, gate, scales: scales_of_gate };
            parts.compute(op.rounding, &scales, x, hidden, cell)
        };
        let input = (!form.coupled).then(|| gate(Gate::Input, hidden, cell));
        let forget = gate(Gate::Forget, hidden, cell);
        let candidate = gate(Gate::Cell, hidden, cell);
        for (k, c) in cell.iter_mut().enumerate() {
            let entering = input.as_ref().map_or(i16::MAX - forget[k], |input| input[k]);
            let kept = i32::from(forget[k]) * i32::from(*c);
            let new = i32::from(entering) * i32::from(candidate[k]);
            let (kept, new) = match op.rounding {
                Rounding::Tflm | Rounding::Onnx => (
                    Multiplier { mantissa: 1 << 30, shift: -14 }.apply_twice_rounded(kept),
                    Multiplier { mantissa: 1 << 30, shift: -29 - scales.cell_power }
                        .apply_twice_rounded(new),
                ),
                Rounding::Litert => {
                    (round_shift(kept, 15), round_shift(new, 30 + scales.cell_power))
                }
            };
            let sum = i32::from(saturate(kept)) + i32::from(saturate(new));
            let bound = scales.cell_clip.unwrap_or(32768);
            *c = saturate(sum.clamp(-bound, bound));
        }
        let output = gate(Gate::Output, hidden, cell);
        let values = output.iter().zip(cell.iter()).map(|(&o, &c)| {
            let tanh = match op.rounding {
                Rounding::Tflm | Rounding::Onnx => scales.cell_tanh().apply(c),
                Rounding::Litert => fixed_math::tanh_s16(c, 15 + scales.cell_power),
            };
            let product = i32::from(o) * i32::from(tanh);
            scales.inner.apply_twice_rounded(product)
        });
        let values: Vec<i32> = values.collect();
        if form.projection.exists() {
            project(&scales, direction, &inputs, &values, hidden);
        } else {
            let add = |value: &i32| narrow::<T>(value.saturating_add(scales.inner_zero_point));
            hidden.iter_mut().zip(values.iter().map(add)).for_each(|(h, value)| *h = value);
        }
    })
}

/// Outputs are products of the cells' values and a matrix. LiteRT subtracts the zero point of the
/// values where one would expect it to be added, and the bound of the outputs knows no zero point.
fn project<T: Element + TryFrom<i32>>(
    scales: &Scales,
    direction: Direction,
    inputs: &[&Data],
    values: &[i32],
    hidden: &mut [T],
) {
    let zero_point = scales.inner_zero_point;
    let values: Vec<i32> =
        values.iter().map(|value| value.saturating_sub(zero_point).clamp(-128, 127)).collect();
    let form = direction.form;
    let bias = (form.projection == Projection::Biased)
        .then(|| inputs[direction.operand(Part::ProjectionBias)].get::<i32>());
    let rows = inputs[direction.operand(Part::Projection)].get::<i8>().chunks_exact(values.len());
    for (k, (h, row)) in hidden.iter_mut().zip(rows).enumerate() {
        let products = values.iter().zip(row).map(|(x, &w)| (x + zero_point) * i32::from(w));
        let sum = products.fold(bias.map_or(0, |bias| bias[k]), i32::wrapping_add);
        let output = scales.projection.apply_twice_rounded(sum);
        let output = output.saturating_add(scales.hidden_zero_point).clamp(-128, 127);
        let bound = scales.projection_clip.unwrap_or(128);
        *h = narrow(output.clamp(-bound, bound));
    }
}

/// The operands of one gate.
struct GateParts<'a> {
    inputs: &'a [&'a Data],
    direction: Direction,
    gate: Gate,
    scales: GateScales,
}

impl GateParts<'_> {
    fn data(&self, part: fn(Gate) -> Part) -> &Data {
        self.inputs[self.direction.operand(part(self.gate))]
    }

    fn compute<T: Element + Into<i32>>(
        &self,
        rounding: Rounding,
        scales: &Scales,
        x: &[T],
        hidden: &[T],
        cell: &[i16],
    ) -> Vec<i16> {
        let form = self.direction.form;
        let bias = match self.data(Part::Bias) {
            Data::I64(bias) => bias.clone(),
            bias => bias.get::<i32>().iter().map(|&b| b.into()).collect(),
        };
        let weights = self.data(Part::Weights).get::<i8>().chunks_exact(x.len());
        let recurrent = self.data(Part::Recurrent).get::<i8>().chunks_exact(hidden.len());
        let sums = weights.zip(recurrent).zip(&bias).map(|((weights, recurrent), &bias)| {
            let start = if form.norm { 0 } else { bias };
            let first = products(x, scales.input_zero_point, weights, start);
            let second = products(hidden, scales.hidden_zero_point, recurrent, 0);
            let first = saturate(multiply::<T>(self.scales.weights, first));
            let second = multiply::<T>(self.scales.recurrent, second);
            let second = match rounding {
                Rounding::Tflm | Rounding::Onnx => saturate(second).into(),
                Rounding::Litert => second,
            };
            saturate(second.saturating_add(first.into()))
        });
        let mut sums: Vec<i16> = sums.collect();
        if form.peephole && self.gate != Gate::Cell {
            let weights = self.data(Part::Peephole).get::<i16>();
            for (sum, (&w, &c)) in sums.iter_mut().zip(weights.iter().zip(cell)) {
                let product = self.scales.peephole.apply_twice_rounded(i32::from(w) * i32::from(c));
                *sum = saturate(product.saturating_add((*sum).into()));
            }
        }
        if form.norm {
            let bias: Vec<i32> = bias.iter().map(|&b| b as i32).collect();
            self.normalise(&mut sums, &bias);
        }
        let function = |x: i16| match (rounding, self.gate) {
            (Rounding::Tflm | Rounding::Onnx, Gate::Cell) => Sigmoid::tanh(GATE_SCALE).apply(x),
            (Rounding::Tflm | Rounding::Onnx, _) => Sigmoid::logistic(GATE_SCALE).apply(x),
            (Rounding::Litert, Gate::Cell) => fixed_math::tanh_s16(x, 3),
            (Rounding::Litert, _) => fixed_math::logistic_s16(x),
        };
        sums.into_iter().map(function).collect()
    }

    /// Brings the mean to 0 and the variance to 1, then multiplies and adds.
    fn normalise(&self, values: &mut [i16], bias: &[i32]) {
        let factors = self.data(Part::Norm).get::<i16>();
        let count = values.len() as i64;
        let sum: i64 = values.iter().map(|&x| i64::from(x)).sum();
        let squares: i64 = values.iter().map(|&x| i64::from(x) * i64::from(x)).sum();
        let mean = (sum * 1024 / count) as i32;
        let variance = squares * i64::from((1 << 20) / count as i32) - i64::from(mean).pow(2);
        let variance = (variance / (1 << 20)) as i32;
        let variance = if variance < 1 { self.scales.guard } else { variance };
        let scale = inverse_square_root(variance);
        let Multiplier { mantissa, shift } = self.scales.norm;
        let norm = Multiplier { mantissa, shift: shift + 12 };
        for (x, (&factor, &bias)) in values.iter_mut().zip(factors.iter().zip(bias)) {
            let scaled = scale.apply_twice_rounded(1024 * i32::from(*x) - mean);
            let sum = scaled.wrapping_mul(factor.into()).wrapping_add(bias);
            let half = if sum > 0 { 512 } else { -512 };
            let rounded = ((i64::from(sum) + half) / 1024) as i32;
            *x = saturate(norm.apply_twice_rounded(rounded));
        }
    }
}

/// `1 / sqrt(x)` for a positive integer, as gemmlowp's fixed point has it.
pub(super) fn inverse_square_root(mut x: i32) -> Multiplier {
    if x <= 1 {
        return Multiplier { mantissa: i32::MAX, shift: 0 };
    }
    let mut right = 11;
    while x >= 1 << 29 {
        x /= 4;
        right += 1;
    }
    let pairs = (x.leading_zeros() as i32 - 1) / 2 - 1;
    right -= pairs;
    // Three integer bits; five steps of Newton's iteration from 1.
    let half = round_shift((x << (2 * pairs)) >> 1, 1);
    let mut y = 1 << 28;
    for _ in 0..5 {
        let cube = shift_saturating(doubling_high_multiply(doubling_high_multiply(y, y), y), 6);
        let next =
            doubling_high_multiply((1 << 28) + (1 << 27), y) - doubling_high_multiply(half, cube);
        y = shift_saturating(next, 3);
    }
    let mantissa = doubling_high_multiply(y, 1_518_500_250);
    if right < 0 {
        return Multiplier { mantissa: mantissa << -right, shift: 0 };
    }
    Multiplier { mantissa, shift: -right }
}

fn shift_saturating(x: i32, bits: u32) -> i32 {
    (i64::from(x) << bits).clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// Products of numbers less their zero point with weights, and `start`.
fn products<T: Copy + Into<i32>>(x: &[T], zero_point: i32, weights: &[i8], start: i64) -> i64 {
    let products =
        x.iter().zip(weights).map(|(&x, &w)| i64::from((x.into() - zero_point) * i32::from(w)));
    products.fold(start, i64::wrapping_add)
}

/// A sum times a multiplier: sums of int8 have 32 bits and wrap; those of int16 have 64, and of the
/// multiplier 16 bits count.
fn multiply<T: Element>(multiplier: Multiplier, sum: i64) -> i32 {
    if T::DTYPE != DType::I16 {
        return multiplier.apply_twice_rounded(sum as i32);
    }
    let Multiplier { mantissa, shift } = multiplier;
    let rounded = if mantissa < 0x7fff_0000 { (mantissa + (1 << 15)) >> 16 } else { 0x7fff };
    let right = 15 - shift;
    (sum.wrapping_mul(rounded.into()).wrapping_add(1 << (right - 1)) >> right) as i32
}

fn saturate(x: i32) -> i16 {
    x.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// The nearest number of another type.
fn narrow<T: Element + TryFrom<i32>>(x: i32) -> T {
    let limits = if T::DTYPE == DType::I8 { -128..=127 } else { -32768..=32767 };
    let clamped = x.clamp(*limits.start(), *limits.end());
    T::try_from(clamped).ok().expect("the number has been clamped")
}
