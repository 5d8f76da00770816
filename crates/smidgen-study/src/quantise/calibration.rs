//! A float graph with what its values were on the calibration samples.

use super::QuantiseStage;
use crate::Error;
use crate::data::Dataset;
use rayon::prelude::*;
use smidgen_compiler::eval::{self, Values};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::quant::Statistics;
use smidgen_compiler::tensor::Data;

/// Samples that are evaluated at the same time.
const BATCH: usize = 16;

/// A float graph and its statistics.
#[derive(Debug, Clone)]
pub(super) struct Calibration {
    pub graph: Graph,
    pub statistics: Statistics,
}

impl Calibration {
    /// Observes all samples of `dataset`.
    pub(super) fn new(
        graph: Graph,
        dataset: &Dataset,
        progress: &(dyn Fn(QuantiseStage) + Sync),
    ) -> Result<Self, Error> {
        let mut statistics = Statistics::new(&graph);
        for first in (0..dataset.len()).step_by(BATCH) {
            progress(QuantiseStage::Observe(first, dataset.len()));
            let last = dataset.len().min(first + BATCH);
            for values in evaluate(&graph, dataset, first..last)? {
                let observed = statistics.observe(&graph, &values);
                observed.map_err(|problem| Error::Data(problem.to_string()))?;
            }
        }
        if statistics.is_zero(graph.inputs()) {
            return Err(Error::Data(format!(
                "all {} calibration samples are zero everywhere, which tells no ranges; give samples \
                 like those that the model will see",
                dataset.len()
            )));
        }
        Ok(Self { graph, statistics })
    }
}

/// All values for some of the samples. Samples of a model with states follow each other.
pub(super) fn evaluate(
    graph: &Graph,
    dataset: &Dataset,
    range: std::ops::Range<usize>,
) -> Result<Vec<Values>, Error> {
    let samples: Vec<Vec<Data>> = range.map(|i| dataset.sample(i)).collect::<Result<_, _>>()?;
    let refused = |error: eval::EvalError| Error::Data(error.to_string());
    if !graph.states().is_empty() {
        return eval::evaluate_stream(graph, &samples).map_err(refused);
    }
    samples.par_iter().map(|inputs| eval::evaluate(graph, inputs).map_err(refused)).collect()
}
