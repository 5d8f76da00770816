//! Tries what the user left open, and keeps what loses least.

use super::calibration::{Calibration, evaluate};
use super::mix::{Mix, Widened};
use super::{Candidate, QuantiseSpec, QuantiseStage};
use crate::data::Dataset;
use crate::{Error, Recipe};
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
/// Methods that are tried, the one that clips least first.
const METHODS: [Method; 4] =
    [Method::MinMax, Method::Mse, Method::Percentile(99.99), Method::Entropy];

/// Share of the noise that a way may have left of a simpler one's to be clearly better: 1 dB less.
/// Smaller gains often turn into losses on other samples.
const CLEARLY: f64 = 0.8;

/// The way to the best quantisation.
pub(super) struct Search<'a> {
    pub dataset: &'a Dataset,
    pub progress: &'a (dyn Fn(QuantiseStage) + Sync),
    /// Name of the model.
    pub name: &'a str,
    spec: &'a QuantiseSpec,
    /// Values of the float graph that tell how good a quantisation is.
    judged: Vec<ValueId>,
    /// Their numbers, by sample.
    exact: Vec<Vec<f32>>,
}

/// What was found.
pub(super) struct Chosen {
    /// The float graph that was quantised.
    pub graph: Graph,
    pub quantised: Quantised,
    /// What was tried, in order.
    pub candidates: Vec<Candidate>,
    /// Layers that got 16 bits, in order.
    pub widened: Vec<Widened>,
    /// What each node of the float graph lost.
    pub layers: Vec<Option<LayerNoise>>,
    /// Samples on which losses were measured.
    pub compared: usize,
}

/// One way to quantise.
pub(super) struct Trial {
    /// Index of the float graph.
    pub base: usize,
    pub scheme: Scheme,
    pub quantised: Quantised,
    pub loss: Noise,
}

/// Ways that were tried, the simplest first.
#[derive(Default)]
struct Tried {
    trials: Vec<Trial>,
    /// Index of the one to take.
    best: usize,
}

impl Tried {
    /// Adds a way, which is taken if it is clearly better than what is simpler.
    fn add(&mut self, trial: Trial) {
        let simpler = self.trials.get(self.best).map(|best| best.loss.noise);
        if simpler.is_some_and(|noise| trial.loss.noise < CLEARLY * noise) {
            self.best = self.trials.len();
        }
        self.trials.push(trial);
    }

    fn best(&self) -> &Trial {
        &self.trials[self.best]
    }

    fn candidates(&self) -> Vec<Candidate> {
        let candidates = self.trials.iter().enumerate().map(|(index, trial)| Candidate {
            method: trial.scheme.method.to_string(),
            bias_correction: trial.scheme.correct_bias,
            equalised: trial.base > 0,
            sqnr_db: trial.loss.decibels(),
            written: index == self.best,
        });
        candidates.collect()
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(
        name: &'a str,
        spec: &'a QuantiseSpec,
        dataset: &'a Dataset,
        plain: &Graph,
        progress: &'a (dyn Fn(QuantiseStage) + Sync),
    ) -> Result<Self, Error> {
        let judged = quant::judged(plain);
        let mut search = Self { dataset, progress, name, spec, judged, exact: Vec::new() };
        search.exact = search.numbers(plain, &search.judged)?;
        Ok(search)
    }

    /// Decides the method, then the correction of biases, then equalisation, each where it is open,
    /// and then which layers get 16 bits.
    pub(super) fn run(
        &self,
        plain: Calibration,
        mix: Option<&Mix>,
        recipe: &Recipe,
    ) -> Result<Chosen, Error> {
        let mut bases = vec![plain];
        let mut base = 0;
        if self.spec.equalise == Some(true) {
            base = self.equalise(&mut bases)?.unwrap_or(0);
        }
        let methods = self.spec.method.as_ref().map_or(&METHODS[..], std::slice::from_ref);
        let mut tried = Tried::default();
        let attempt = |tried: &mut Tried, bases: &[Calibration], base: usize, scheme| {
            (self.progress)(QuantiseStage::Compare(tried.trials.len()));
            tried.add(self.attempt(&bases[base], base, scheme)?);
            Ok::<_, Error>(tried.best().scheme.clone())
        };
        let mut scheme = self.scheme();
        for &method in methods {
            scheme = attempt(&mut tried, &bases, base, Scheme { method, ..self.scheme() })?;
        }
        if self.spec.correct_bias.is_none() {
            let corrected = Scheme { correct_bias: true, ..scheme };
            scheme = attempt(&mut tried, &bases, base, corrected)?;
        }
        if self.spec.equalise.is_none()
            && let Some(base) = self.equalise(&mut bases)?
        {
            attempt(&mut tried, &bases, base, scheme)?;
        }
        let candidates = tried.candidates();
        let (mut best, mut widened) = (tried.trials.swap_remove(tried.best), Vec::new());
        let base = &bases[best.base];
        if let Some(mix) = mix {
            (best, widened) = mix.widen(self, base, best, recipe)?;
        }
        let (layers, compared) = self.measure(&base.graph, &best.quantised)?;
        let (graph, quantised) = (base.graph.clone(), best.quantised);
        Ok(Chosen { graph, quantised, candidates, widened, layers, compared })
    }

    /// Quantises a base in one way, and compares it with the float graph.
    pub(super) fn attempt(
        &self,
        calibration: &Calibration,
        base: usize,
        scheme: Scheme,
    ) -> Result<Trial, Error> {
        let failed = |problems: Vec<Diagnostic>| Error::Model { name: self.name.into(), problems };
        let Calibration { graph, statistics } = calibration;
        let quantised = quant::quantise(graph, statistics, &scheme).map_err(failed)?;
        let stand_ins: Vec<ValueId> =
            self.judged.iter().filter_map(|id| quantised.stand_ins[id.index()]).collect();
        let found = self.numbers(&quantised.graph, &stand_ins)?;
        let losses = self.exact.iter().zip(&found).map(|(a, b)| Noise::of(a, b));
        let loss = losses.fold(Noise::default(), Noise::join);
        Ok(Trial { base, scheme, quantised, loss })
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

    /// Samples on which choices are compared, in batches.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.dataset.len().min(COMPARED);
        (0..count).step_by(BATCH).map(move |first| first..count.min(first + BATCH))
    }

    /// The real numbers of `values`, by sample.
    fn numbers(&self, graph: &Graph, values: &[ValueId]) -> Result<Vec<Vec<f32>>, Error> {
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

    /// What each layer lost, and on how many samples.
    fn measure(
        &self,
        graph: &Graph,
        quantised: &Quantised,
    ) -> Result<(Vec<Option<LayerNoise>>, usize), Error> {
        let (floats, integers) =
            (self.dataset.for_graph(graph)?, self.dataset.for_graph(&quantised.graph)?);
        let (mut layers, mut compared) = (Vec::new(), 0);
        for batch in self.batches() {
            compared = batch.end;
            let floats = evaluate(graph, &floats, batch.clone())?;
            let integers = evaluate(&quantised.graph, &integers, batch)?;
            for (floats, integers) in floats.iter().zip(&integers) {
                noise::add(&mut layers, graph, quantised, floats, integers);
            }
        }
        Ok((layers, compared))
    }
}
