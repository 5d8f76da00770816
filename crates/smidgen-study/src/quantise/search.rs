//! Tries what the user left open, and keeps what loses least.

use super::calibration::{Calibration, evaluate};
use super::{Candidate, QuantiseSpec, QuantiseStage};
use crate::Error;
use crate::data::Dataset;
use smidgen_compiler::diag::Diagnostic;
use smidgen_compiler::graph::{Graph, ValueId};
use smidgen_compiler::quant::noise::{self, LayerNoise, Noise};
use smidgen_compiler::quant::{self, Method, Quantised, Scheme};
use std::collections::BTreeMap;
use std::ops::Range;

/// Most samples on which choices are compared.
const COMPARED: usize = 64;
/// Samples whose values are in memory at the same time.
const BATCH: usize = 8;
/// Methods that are tried.
const METHODS: [Method; 4] =
    [Method::MinMax, Method::Percentile(99.99), Method::Mse, Method::Entropy];

/// The way to the best quantisation.
pub(super) struct Search<'a> {
    pub spec: &'a QuantiseSpec,
    pub dataset: &'a Dataset,
    pub progress: &'a (dyn Fn(QuantiseStage) + Sync),
    /// Name of the model.
    pub name: &'a str,
}

/// What was found.
pub(super) struct Chosen {
    /// The float graph that was quantised.
    pub graph: Graph,
    pub quantised: Quantised,
    /// What was tried, in order; the first is no worse than any other.
    pub candidates: Vec<Candidate>,
    /// What each node of the float graph lost.
    pub layers: Vec<Option<LayerNoise>>,
    /// Samples on which losses were measured.
    pub compared: usize,
}

/// One way to quantise.
struct Trial {
    /// Index of the float graph.
    base: usize,
    scheme: Scheme,
    quantised: Quantised,
    loss: Noise,
}

impl Search<'_> {
    /// Decides the method, then the correction of biases, then equalisation, each where it is open.
    pub(super) fn run(&self, plain: Calibration) -> Result<Chosen, Error> {
        let judged = quant::judged(&plain.graph);
        let exact = self.judged(&plain.graph, &judged)?;
        let mut bases = vec![plain];
        let mut base = 0;
        if self.spec.equalise == Some(true) {
            base = self.equalise(&mut bases)?.unwrap_or(0);
        }
        let methods = self.spec.method.as_ref().map_or(&METHODS[..], std::slice::from_ref);
        let mut trials = Vec::new();
        let mut attempt = |bases: &[Calibration], base: usize, scheme: Scheme| {
            (self.progress)(QuantiseStage::Compare(trials.len()));
            let quantised = self.quantise(&bases[base], &scheme)?;
            let stand_ins: Vec<ValueId> =
                judged.iter().filter_map(|id| quantised.stand_ins[id.index()]).collect();
            let found = self.judged(&quantised.graph, &stand_ins)?;
            let pairs = exact.iter().zip(&found);
            let loss = pairs.map(|(a, b)| Noise::of(a, b)).fold(Noise::default(), Noise::join);
            trials.push(Trial { base, scheme, quantised, loss });
            // The first of the best stays the best.
            let best = trials.iter().min_by(|a, b| a.loss.noise.total_cmp(&b.loss.noise));
            let best = best.expect("one was just tried");
            Ok::<_, Error>((best.base, best.scheme.clone()))
        };
        let mut best = (base, self.scheme());
        for &method in methods {
            best = attempt(&bases, base, Scheme { method, ..self.scheme() })?;
        }
        if self.spec.correct_bias.is_none() {
            best = attempt(&bases, base, Scheme { correct_bias: true, ..best.1 })?;
        }
        if self.spec.equalise.is_none()
            && let Some(base) = self.equalise(&mut bases)?
        {
            attempt(&bases, base, best.1)?;
        }
        self.conclude(bases, trials)
    }

    fn scheme(&self) -> Scheme {
        Scheme {
            precision: self.spec.precision,
            layers: BTreeMap::new(),
            method: Method::MinMax,
            correct_bias: self.spec.correct_bias.unwrap_or(false),
            float_ports: self.spec.float_ports,
        }
    }

    /// Adds a base whose channels are equalised; `None` if there are none to equalise.
    fn equalise(&self, bases: &mut Vec<Calibration>) -> Result<Option<usize>, Error> {
        let mut graph = bases[0].graph.clone();
        if quant::equalise(&mut graph, &bases[0].statistics) == 0 {
            return Ok(None);
        }
        bases.push(Calibration::new(graph, self.dataset, self.progress)?);
        Ok(Some(bases.len() - 1))
    }

    fn quantise(&self, base: &Calibration, scheme: &Scheme) -> Result<Quantised, Error> {
        let failed = |problems: Vec<Diagnostic>| Error::Model { name: self.name.into(), problems };
        quant::quantise(&base.graph, &base.statistics, scheme).map_err(failed)
    }

    /// Samples on which choices are compared, in batches.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.dataset.len().min(COMPARED);
        (0..count).step_by(BATCH).map(move |first| first..count.min(first + BATCH))
    }

    /// The real numbers of `values`, by sample.
    fn judged(&self, graph: &Graph, values: &[ValueId]) -> Result<Vec<Vec<f32>>, Error> {
        let mut samples = Vec::new();
        let inputs = self.dataset.for_graph(graph)?;
        for batch in self.batches() {
            for all in evaluate(graph, &inputs, batch)? {
                let real = |id: &ValueId| {
                    let data = all[id.index()].as_deref()?;
                    noise::numbers(&graph.value(*id).ty, data)
                };
                samples.push(values.iter().filter_map(real).flatten().collect());
            }
        }
        Ok(samples)
    }

    /// Measures what each layer lost in the best of the trials.
    fn conclude(
        &self,
        mut bases: Vec<Calibration>,
        mut trials: Vec<Trial>,
    ) -> Result<Chosen, Error> {
        trials.sort_by(|a, b| a.loss.noise.total_cmp(&b.loss.noise));
        let candidates = trials.iter().map(|trial| Candidate {
            method: trial.scheme.method.to_string(),
            bias_correction: trial.scheme.correct_bias,
            equalised: trial.base > 0 || self.spec.equalise == Some(true),
            sqnr_db: trial.loss.decibels(),
        });
        let candidates = candidates.collect();
        let best = trials.swap_remove(0);
        let (graph, quantised) = (bases.swap_remove(best.base).graph, best.quantised);
        let mut layers = Vec::new();
        let (floats, integers) =
            (self.dataset.for_graph(&graph)?, self.dataset.for_graph(&quantised.graph)?);
        let mut compared = 0;
        for batch in self.batches() {
            compared = batch.end;
            let floats = evaluate(&graph, &floats, batch.clone())?;
            let integers = evaluate(&quantised.graph, &integers, batch)?;
            for (floats, integers) in floats.iter().zip(&integers) {
                noise::add(&mut layers, &graph, &quantised, floats, integers);
            }
        }
        Ok(Chosen { graph, quantised, candidates, layers, compared })
    }
}
