//! Reference of float LSTMs.

use super::form::{Direction, Gate, Part};
use super::{Lstm, Projection, StepFunction};
use crate::ops::common::float_math::logistic;
use crate::ops::common::sequence::dot;
use crate::tensor::Data;

/// What a step does to the states of a sequence.
pub(super) fn step<'a>(
    op: &'a Lstm,
    inputs: &[&'a Data],
    direction: Direction,
) -> StepFunction<'a, f32, f32> {
    let inputs = inputs.to_vec();
    let data = move |part| inputs[direction.operand(part)].get::<f32>();
    let Direction { form, outputs, .. } = direction;
    Box::new(move |x, hidden, cell| {
        let gate = |gate, hidden: &[f32], cell: &[f32]| {
            let rows = data(Part::Weights(gate)).chunks_exact(x.len());
            let rows = rows.zip(data(Part::Recurrent(gate)).chunks_exact(outputs));
            let bias = data(Part::Bias(gate));
            let start = |k: usize| if form.norm { 0.0 } else { bias[k] };
            let sums = rows.enumerate().map(|(k, (w, r))| dot(dot(start(k), x, w), hidden, r));
            let mut sums: Vec<f32> = sums.collect();
            if form.peephole && gate != Gate::Cell {
                let peephole = data(Part::Peephole(gate));
                for (sum, (w, c)) in sums.iter_mut().zip(peephole.iter().zip(cell)) {
                    *sum += w * c;
                }
            }
            if form.norm {
                normalise(&mut sums, data(Part::Norm(gate)), bias);
            }
            let f = |x| if gate == Gate::Cell { op.activation.apply(x) } else { logistic(x) };
            sums.into_iter().map(f).collect::<Vec<f32>>()
        };
        let input = (!form.coupled).then(|| gate(Gate::Input, hidden, cell));
        let forget = gate(Gate::Forget, hidden, cell);
        let candidate = gate(Gate::Cell, hidden, cell);
        for (k, c) in cell.iter_mut().enumerate() {
            let entering = input.as_ref().map_or(1.0 - forget[k], |input| input[k]);
            *c = clip(forget[k] * *c + candidate[k] * entering, op.cell_clip);
        }
        let output = gate(Gate::Output, hidden, cell);
        let values = output.iter().zip(cell.iter()).map(|(o, &c)| o * op.activation.apply(c));
        let values: Vec<f32> = values.collect();
        if !form.projection.exists() {
            hidden.copy_from_slice(&values);
            return;
        }
        let bias = (form.projection == Projection::Biased).then(|| data(Part::ProjectionBias));
        let rows = data(Part::Projection).chunks_exact(values.len());
        for (k, (h, row)) in hidden.iter_mut().zip(rows).enumerate() {
            let start = bias.map_or(0.0, |bias| bias[k]);
            *h = clip(dot(start, &values, row), op.projection_clip);
        }
    })
}

/// Brings the mean to 0 and the variance to 1, then multiplies and adds.
fn normalise(values: &mut [f32], factors: &[f32], bias: &[f32]) {
    let count = values.len() as f32;
    let mean = values.iter().fold(0.0, |sum, x| sum + x) / count;
    let squares = values.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
    let scale = 1.0 / (squares / count + 1e-8).sqrt();
    for (x, (factor, bias)) in values.iter_mut().zip(factors.iter().zip(bias)) {
        *x = (*x - mean) * scale * factor + bias;
    }
}

fn clip(x: f32, bound: f32) -> f32 {
    if bound > 0.0 { crate::ops::common::float_math::clamp(x, -bound, bound) } else { x }
}
