//! Sixteen bits where they help most, as far as a budget allows.

use super::QuantiseStage;
use super::search::{Search, Trial};
use crate::quantise::calibration::Calibration;
use crate::{Error, Model, Recipe, Sample, Workbench};
use serde::Serialize;
use smidgen_compiler::export::tflite;
use smidgen_compiler::quant::{self, Precision, Quantised, Scheme};
use smidgen_target::Board;

/// What a mix of precisions is to reach, and what it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Mix<'a> {
    /// Enough signal-to-quantisation-noise ratio of the outputs, in decibels; as much as possible
    /// where nothing is said.
    pub enough_db: Option<f64>,
    /// Limits, on a board.
    pub budget: Option<Budget<'a>>,
}

/// What one inference on a board may cost.
#[derive(Debug, Clone, Copy)]
pub struct Budget<'a> {
    /// Builds and runs.
    pub workbench: &'a Workbench,
    /// The board.
    pub board: &'a Board,
    /// Most RAM in bytes.
    pub ram_bytes: Option<u64>,
    /// Longest time in milliseconds.
    pub latency_ms: Option<f64>,
}

/// A layer that got 16 bits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Widened {
    /// Operator.
    pub kind: String,
    /// Name of the layer.
    pub name: String,
    /// Signal-to-quantisation-noise ratio of the outputs with this layer and those before it, in
    /// decibels.
    pub sqnr_db: f64,
    /// RAM that the model then takes, if there is a budget.
    pub ram_bytes: Option<u64>,
    /// Milliseconds of an inference, if there is a budget and the board has a timing.
    pub latency_ms: Option<f64>,
}

/// Figures of a model on the board of a budget.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    ram_bytes: Option<u64>,
    latency_ms: Option<f64>,
}

impl Mix<'_> {
    /// Widens layers of `best`, which is of 8 bits, in the order of what they would lose with 8 bits
    /// if all others had 16. Noise adds up, so that is what each contributes; alone among layers of 8
    /// bits, a layer of 16 shows little. Of all steps, the one that lost least counts.
    pub(super) fn widen(
        &self,
        search: &Search,
        base: &Calibration,
        best: Trial,
        recipe: &Recipe,
    ) -> Result<(Trial, Vec<Widened>), Error> {
        let (origin, mut scheme) = (best.base, best.scheme.clone());
        let (mut best, mut widened, mut kept) = (best, Vec::new(), 0);
        for node in order(search, base, &best)? {
            if self.enough_db.is_some_and(|enough| best.loss.decibels() >= enough) {
                break;
            }
            (search.progress)(QuantiseStage::Weigh(widened.len()));
            let wider = with(&scheme, [node]);
            let trial = search.attempt(base, origin, wider.clone())?;
            let figures = match &self.budget {
                Some(budget) => budget.figures(search, &trial.quantised, recipe)?,
                None => Figures::default(),
            };
            if self.budget.is_some_and(|budget| !budget.allows(figures)) {
                continue;
            }
            scheme = wider;
            let layer = &base.graph.nodes()[node];
            widened.push(Widened {
                kind: layer.op.name().to_string(),
                name: layer.name.clone(),
                sqnr_db: trial.loss.decibels(),
                ram_bytes: figures.ram_bytes,
                latency_ms: figures.latency_ms,
            });
            if trial.loss.noise < best.loss.noise {
                (best, kept) = (trial, widened.len());
            }
        }
        widened.truncate(kept);
        Ok((best, widened))
    }
}

/// Nodes that can have 16 bits, the one that contributes most to the noise first.
fn order(search: &Search, base: &Calibration, best: &Trial) -> Result<Vec<usize>, Error> {
    let nodes = quant::layers(&base.graph, Precision::Int16);
    let mut contributions = Vec::new();
    for (done, &node) in nodes.iter().enumerate() {
        (search.progress)(QuantiseStage::Weigh(done));
        let others = nodes.iter().copied().filter(|&other| other != node);
        let trial = search.attempt(base, best.base, with(&best.scheme, others))?;
        contributions.push((trial.loss.noise, node));
    }
    contributions.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(contributions.into_iter().map(|(_, node)| node).collect())
}

/// The scheme with 16 bits for more nodes.
fn with(scheme: &Scheme, nodes: impl IntoIterator<Item = usize>) -> Scheme {
    let mut scheme = scheme.clone();
    scheme.layers.extend(nodes.into_iter().map(|node| (node, Precision::Int16)));
    scheme
}

impl Budget<'_> {
    /// Builds the model and runs one sample of it; no figures if it does not fit.
    fn figures(
        &self,
        search: &Search,
        quantised: &Quantised,
        recipe: &Recipe,
    ) -> Result<Figures, Error> {
        let failed = |problems| Error::Model { name: search.name.to_string(), problems };
        let file = tflite::write(&quantised.graph).map_err(failed)?;
        let model = Model::from_bytes(search.name, &file, &recipe.without_shapes())?;
        let sample: Sample = search.dataset.for_graph(&model.graph)?.sample(0)?;
        let run = self.workbench.evaluate(&model, self.board, recipe, &[sample], &|_| {});
        let report = match run {
            Ok(run) => run.report,
            Err(error) if error.blames_model() => return Ok(Figures::default()),
            Err(error) => return Err(error),
        };
        if report.fit.is_some_and(|fit| !fit.fits) {
            return Ok(Figures::default());
        }
        Ok(Figures {
            ram_bytes: report.ram_bytes.total,
            latency_ms: report.cost.latency_ms.map(|estimate| estimate.value),
        })
    }

    fn allows(&self, figures: Figures) -> bool {
        // A figure that nobody knows is within no limit.
        let ram = self.ram_bytes.is_none_or(|most| figures.ram_bytes.is_some_and(|n| n <= most));
        let time = self.latency_ms.is_none_or(|most| figures.latency_ms.is_some_and(|t| t <= most));
        ram && time
    }
}
