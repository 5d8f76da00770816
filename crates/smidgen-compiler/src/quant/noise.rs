//! How far integers are from the floats that they stand for.

use super::Quantised;
use crate::eval::Values;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Operand, Site};
use crate::tensor::{DType, Data, Quant, TensorType};
use std::sync::Arc;

/// Power of a signal and of the noise in it, over any number of samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Noise {
    /// Sum of the squares of the floats.
    pub signal: f64,
    /// Sum of the squares of the differences; infinite where one is not a number.
    pub noise: f64,
}

impl Noise {
    /// Compares numbers.
    pub fn of(floats: &[f32], others: &[f32]) -> Self {
        let pairs = floats.iter().zip(others).map(|(&a, &b)| (f64::from(a), f64::from(b)));
        let square = |difference: f64| match difference * difference {
            square if square.is_nan() => f64::INFINITY,
            square => square,
        };
        pairs.fold(Self::default(), |sum, (a, b)| Self {
            signal: sum.signal + a * a,
            noise: sum.noise + square(a - b),
        })
    }

    /// Both together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { signal: self.signal + other.signal, noise: self.noise + other.noise }
    }

    /// The signal-to-quantisation-noise ratio in decibels; at most 200, which no integers reach.
    pub fn decibels(self) -> f64 {
        const MOST: f64 = 200.0;
        match (self.signal, self.noise) {
            (_, 0.0) => MOST,
            (_, f64::INFINITY) => -MOST,
            (signal, noise) => (10.0 * (signal / noise).log10()).clamp(-MOST, MOST),
        }
    }
}

/// What a layer lost, over any number of samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LayerNoise {
    /// With all that was lost before it.
    pub total: Noise,
    /// By itself: against the float layer on what it was given.
    pub own: Noise,
}

/// Adds what each node of `graph` that computes real numbers lost in one evaluation; `floats` and
/// `integers` are what the graph and its quantised form computed from one sample.
pub fn add(
    layers: &mut Vec<Option<LayerNoise>>,
    graph: &Graph,
    quantised: &Quantised,
    floats: &Values,
    integers: &Values,
) {
    layers.resize(graph.nodes().len(), None);
    let real = |id: ValueId| {
        let stand_in = quantised.stand_ins[id.index()]?;
        let data = integers[stand_in.index()].as_deref()?;
        numbers(&quantised.graph.value(stand_in).ty, data)
    };
    for (layer, node) in layers.iter_mut().zip(graph.nodes()) {
        let output =
            node.outputs.iter().copied().find(|&id| graph.value(id).ty.dtype == DType::F32);
        let Some((id, found)) = output.and_then(|id| Some((id, real(id)?))) else {
            continue;
        };
        let Some(Data::F32(exact)) = floats[id.index()].as_deref() else {
            continue;
        };
        let sum = layer.get_or_insert_default();
        sum.total = sum.total.join(Noise::of(exact, &found));
        let position = node.outputs.iter().position(|&output| output == id).unwrap_or_default();
        if let Some(own) = on_given(graph, node, floats, &real) {
            sum.own = sum.own.join(Noise::of(own[position].get::<f32>(), &found));
        }
    }
}

/// What the float node computes from what the integer node was given.
fn on_given(
    graph: &Graph,
    node: &Node,
    floats: &Values,
    real: &dyn Fn(ValueId) -> Option<Vec<f32>>,
) -> Option<Vec<Data>> {
    if !node.regions.is_empty() || node.op.is_opaque() {
        return None;
    }
    let mut given: Vec<Arc<Data>> = Vec::new();
    for &id in &node.inputs {
        let value = graph.value(id);
        let is_real = value.ty.dtype == DType::F32 && value.constant.is_none();
        given.push(match is_real.then(|| real(id)).flatten() {
            Some(numbers) => Arc::new(Data::F32(numbers)),
            None => floats[id.index()].clone()?,
        });
    }
    let operand = |&id: &ValueId| {
        let value = graph.value(id);
        Operand { ty: &value.ty, constant: value.constant.as_deref() }
    };
    let site = Site {
        inputs: node.inputs.iter().map(operand).collect(),
        outputs: node.outputs.iter().map(|&id| &graph.value(id).ty).collect(),
    };
    let given: Vec<&Data> = given.iter().map(AsRef::as_ref).collect();
    Some(node.op.eval(&site, &given))
}

/// The real numbers that quantised integers mean, or floats as they are.
pub fn numbers(ty: &TensorType, data: &Data) -> Option<Vec<f32>> {
    let (scale, zero_point) = match (data, &ty.quant) {
        (Data::F32(numbers), _) => return Some(numbers.clone()),
        (_, Quant::PerTensor { scale, zero_point }) => (*scale, i64::from(*zero_point)),
        _ => return None,
    };
    let real = |code: i64| (code - zero_point) as f32 * scale;
    Some(data.integers()?.into_iter().map(real).collect())
}
