//! What a quantisation did, for people and programs.

use super::search::Chosen;
use super::{Precision, QuantiseSpec, Widened};
use crate::Model;
use crate::data::Dataset;
use crate::report::ModelReport;
use serde::Serialize;
use smidgen_compiler::graph::Node;
use smidgen_compiler::tensor::DType;

/// Version of the fields of [`QuantiseReport`].
pub const QUANTISE_SCHEMA: &str = "smidgen.quantize/1";

/// What a quantisation did, and what it cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantiseReport {
    /// [`QUANTISE_SCHEMA`].
    pub schema: &'static str,
    /// The float model.
    pub model: ModelReport,
    /// Size of the integer file in bytes.
    pub file_bytes: usize,
    /// Bytes of all constants of the float model and of the integer one.
    pub constant_bytes: [usize; 2],
    /// Precision of the activations.
    pub precision: Precision,
    /// Samples whose values were observed.
    pub samples: usize,
    /// Samples on which losses were measured: the first ones.
    pub compared: usize,
    /// What was tried, in order: the simplest first.
    pub candidates: Vec<Candidate>,
    /// Layers that got 16 bits, in the order in which they did.
    pub widened: Vec<Widened>,
    /// What each layer that computes real numbers lost, in order.
    pub layers: Vec<LayerLoss>,
    /// Layers that compute with floats in the integer model.
    pub left_real: Vec<LeftRealReport>,
    /// Remarks on the samples.
    pub notes: Vec<String>,
}

/// One way to quantise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// How ranges were chosen.
    pub method: String,
    /// Whether biases take up what the rounding of weights adds.
    pub bias_correction: bool,
    /// Whether channels were scaled.
    pub equalised: bool,
    /// Signal-to-quantisation-noise ratio of what the outputs are made from, in decibels.
    pub sqnr_db: f64,
    /// Whether this is what was written: the first that nothing is clearly better than, by 1 dB.
    pub written: bool,
}

/// What a layer lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerLoss {
    /// Operator.
    pub kind: String,
    /// Name of the layer.
    pub name: String,
    /// Element type of the output.
    pub dtype: &'static str,
    /// Signal-to-quantisation-noise ratio of the output, with all that was lost before, in decibels.
    pub sqnr_db: f64,
    /// The same for what the layer itself lost.
    pub own_sqnr_db: f64,
}

/// A layer that computes with floats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftRealReport {
    /// Operator.
    pub kind: String,
    /// Name of the layer.
    pub name: String,
    /// Why.
    pub reason: String,
}

pub(super) fn report(
    model: &Model,
    spec: &QuantiseSpec,
    dataset: &Dataset,
    chosen: &Chosen,
    file_bytes: usize,
) -> QuantiseReport {
    let (graph, quantised) = (&chosen.graph, &chosen.quantised);
    let dtype = |node: &Node| {
        let mut stand_ins = node.outputs.iter().filter_map(|id| quantised.stand_ins[id.index()]);
        stand_ins.next().map_or(DType::F32, |id| quantised.graph.value(id).ty.dtype)
    };
    let layers = graph.nodes().iter().zip(&chosen.layers).filter_map(|(node, noise)| {
        let noise = (*noise)?;
        Some(LayerLoss {
            kind: node.op.name().to_string(),
            name: node.name.clone(),
            dtype: dtype(node).name(),
            sqnr_db: noise.total.decibels(),
            own_sqnr_db: noise.own.decibels(),
        })
    });
    let left_real = quantised.left_real.iter().map(|left| {
        let node = &graph.nodes()[left.node];
        let reason = left.reason.clone();
        LeftRealReport { kind: node.op.name().to_string(), name: node.name.clone(), reason }
    });
    QuantiseReport {
        schema: QUANTISE_SCHEMA,
        model: model.report(),
        file_bytes,
        constant_bytes: [constant_bytes(graph), constant_bytes(&quantised.graph)],
        precision: spec.precision,
        samples: dataset.len(),
        compared: chosen.compared,
        candidates: chosen.candidates.clone(),
        widened: chosen.widened.clone(),
        layers: layers.collect(),
        left_real: left_real.collect(),
        notes: dataset.notes(),
    }
}

fn constant_bytes(graph: &smidgen_compiler::graph::Graph) -> usize {
    let constants = graph.values().iter().filter(|value| value.constant.is_some());
    constants.map(|value| value.ty.bytes()).sum()
}
