//! A float model and a handful of samples in, an integer TFLite file out.

mod calibration;
mod mix;
mod report;
mod search;

pub use mix::{Budget, Mix, Widened};
pub use report::{Candidate, LayerLoss, LeftRealReport, QUANTISE_SCHEMA, QuantiseReport};
pub use smidgen_compiler::quant::{Method, Precision};

use self::calibration::Calibration;
use self::search::Search;
use crate::data::{Dataset, Spec};
use crate::{Error, Model, Recipe};
use smidgen_compiler::export::tflite;
use smidgen_compiler::quant;
use std::collections::BTreeMap;

/// Most calibration samples that are used where nothing else is said.
pub const DEFAULT_SAMPLES: usize = 256;

/// How to quantise a model. What is open is tried, and what loses least is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantiseSpec {
    /// The calibration samples.
    pub data: Spec,
    /// Integers of the activations.
    pub precision: Precision,
    /// How ranges are chosen.
    pub method: Option<Method>,
    /// Whether biases take up what the rounding of weights adds to the mean.
    pub correct_bias: Option<bool>,
    /// Whether channels are scaled to use a common scale better.
    pub equalise: Option<bool>,
    /// Whether inputs and outputs stay floats.
    pub float_ports: bool,
}

impl QuantiseSpec {
    /// To int8, with whatever loses least, from at most [`DEFAULT_SAMPLES`] of the samples.
    pub fn new(mut data: Spec) -> Self {
        data.limit.get_or_insert(DEFAULT_SAMPLES);
        Self {
            data,
            precision: Precision::Int8,
            method: None,
            correct_bias: None,
            equalise: None,
            float_ports: false,
        }
    }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantiseStage {
    /// Samples are observed; so many of so many.
    Observe(usize, usize),
    /// Choices are compared; so many were.
    Compare(usize),
    /// Layers are given 16 bits; so many were.
    Weigh(usize),
}

/// An integer model.
#[derive(Debug, Clone)]
pub struct QuantisedModel {
    /// The TFLite file.
    pub file: Vec<u8>,
    /// The model that the file holds.
    pub model: Model,
    /// What was done, and what it cost.
    pub report: QuantiseReport,
}

/// Quantises a float model; to a mix of 8 and 16 bits if there is one.
///
/// # Errors
/// The model computes nothing with floats, the data do not suit it or are all zero, or what results
/// cannot be written.
pub fn quantise(
    model: &Model,
    spec: &QuantiseSpec,
    mix: Option<&Mix>,
    recipe: &Recipe,
    progress: &(dyn Fn(QuantiseStage) + Sync),
) -> Result<QuantisedModel, Error> {
    let failed = |problems| Error::Model { name: model.name.clone(), problems };
    // What is written states its own shapes.
    let recipe = &Recipe { shapes: BTreeMap::new(), ..recipe.clone() };
    let graph = quant::prepare(&model.source).map_err(failed)?;
    if quant::layers(&graph, spec.precision).is_empty() {
        let text =
            format!("model `{}` has no layers of floats that could be quantised", model.name);
        return Err(Error::Data(text));
    }
    let dataset = Dataset::open(&spec.data, &graph)?;
    if dataset.is_empty() {
        return Err(Error::Data(format!("`{}` has no samples", spec.data.path.display())));
    }
    let calibration = Calibration::new(graph, &dataset, progress)?;
    let search = Search::new(&model.name, spec, &dataset, &calibration.graph, progress)?;
    let chosen = search.run(calibration, mix, recipe)?;
    let file = tflite::write(&chosen.quantised.graph).map_err(failed)?;
    let integer = Model::from_bytes(&model.name, &file, &recipe.without_shapes())?;
    let report = report::report(model, spec, &dataset, &chosen, file.len());
    Ok(QuantisedModel { file, model: integer, report })
}
