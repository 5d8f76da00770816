//! Runs the generated C of a model natively, over many samples at once.

use crate::data::Dataset;
use crate::inputs::Sample;
use crate::workbench::split;
use crate::{Error, Model, Recipe, Workbench};
use rayon::prelude::*;
use smidgen_compiler::emit::PortSpec;
use smidgen_compiler::tensor::Data;
use smidgen_run::{Image, Mode, Request};
use smidgen_target::Board;
use std::time::Duration;

/// What a model with a memory remembers from one sample to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// Nothing: every sample meets the states in their first condition.
    #[default]
    Reset,
    /// So many samples follow each other; then the states are reset.
    Sequence(usize),
}

/// Limits of what one process works on, so that little is held in memory, progress is seen, and an
/// end comes soon after it is asked for.
const MOST_SAMPLES: usize = 1024;
const MOST_BYTES: usize = 1 << 20;
const MOST_MACS: u64 = 1 << 28;
/// Batches for each thread, at least, so that threads end together.
const LEAST_BATCHES: usize = 8;
/// A sequence may be long, and cannot be divided.
const SEQUENCE_LIMIT: Duration = Duration::from_secs(24 * 3600);

/// A model as a program of this computer.
#[derive(Debug)]
pub struct HostModel<'a> {
    workbench: &'a Workbench,
    board: &'a Board,
    image: Image,
    outputs: Vec<PortSpec>,
    /// What follows the inputs of every sample: the first contents of the states.
    states: Vec<u8>,
    memory: Memory,
    macs: u64,
}

impl<'a> HostModel<'a> {
    /// Generates and builds the program.
    pub fn build(
        workbench: &'a Workbench,
        model: &Model,
        recipe: &Recipe,
        memory: Memory,
    ) -> Result<Self, Error> {
        let board = workbench.board("host")?;
        let compiled = workbench.compile(model, board, recipe)?;
        let graph = &model.graph;
        let memory = if graph.states().is_empty() { Memory::Reset } else { memory };
        let (mode, states) = match memory {
            Memory::Reset => {
                let initial = graph.states().iter().flat_map(|state| state.initial.to_le_bytes());
                (Mode::Inference, initial.collect())
            }
            Memory::Sequence(_) => (Mode::Stream, Vec::new()),
        };
        let image = workbench.build(&compiled, board, recipe, mode)?;
        let macs = model.report().macs;
        let outputs = compiled.bundle.manifest.outputs;
        Ok(Self { workbench, board, image, outputs, states, memory, macs })
    }

    /// What the model remembers.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// The model's outputs for samples that one process computes. They follow each other if the
    /// model remembers them.
    pub fn run(&self, samples: &[Sample]) -> Result<Vec<Vec<Data>>, Error> {
        let bytes = |sample: &Sample| {
            let inputs = sample.iter().flat_map(Data::to_le_bytes);
            inputs.chain(self.states.iter().copied()).collect()
        };
        let mut request = Request::new(samples.iter().map(bytes).collect());
        if matches!(self.memory, Memory::Sequence(_)) {
            request.time_limit = SEQUENCE_LIMIT;
        }
        let capture = self.workbench.runner(self.board)?.run(&self.image, &request)?;
        Ok(capture.outputs.iter().map(|bytes| split(&self.outputs, bytes)).collect())
    }

    /// Output number `port` for all samples, as the real numbers that it stands for. `done` is told
    /// how many more samples are.
    pub fn reals(
        &self,
        dataset: &Dataset,
        port: usize,
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<f32>, Error> {
        let of = &self.outputs[port];
        let width = of.shape.iter().product::<usize>();
        let batch = self.batch(dataset.len());
        let mut all = vec![0.0; dataset.len() * width];
        let run = |(index, reals): (usize, &mut [f32])| -> Result<(), Error> {
            let first = index * batch;
            let samples = (first..first + reals.len() / width).map(|at| dataset.sample(at));
            let samples = samples.collect::<Result<Vec<_>, _>>()?;
            let outputs = self.run(&samples)?;
            for (to, output) in reals.chunks_exact_mut(width).zip(&outputs) {
                to.copy_from_slice(&real_numbers(&output[port], of));
            }
            done(samples.len());
            Ok(())
        };
        all.par_chunks_mut(batch * width).enumerate().try_for_each(run)?;
        Ok(all)
    }

    /// How many samples a process works on, `count` in all.
    fn batch(&self, count: usize) -> usize {
        if let Memory::Sequence(length) = self.memory {
            return length.clamp(1, count.max(1));
        }
        let bytes = (self.image.input_bytes + self.image.output_bytes).max(1);
        let by_macs = usize::try_from(MOST_MACS / self.macs.max(1)).unwrap_or(usize::MAX);
        let by_threads = count.div_ceil(LEAST_BATCHES * rayon::current_num_threads());
        MOST_SAMPLES.min(MOST_BYTES / bytes).min(by_macs).min(by_threads).max(1)
    }
}

/// The real numbers that the elements of an output stand for.
pub(super) fn real_numbers(data: &Data, port: &PortSpec) -> Vec<f32> {
    let whole = port.scale.zip(port.zero_point);
    let real = |x: i64| match whole {
        Some((scale, zero_point)) => (x - i64::from(zero_point)) as f32 * scale,
        None => x as f32,
    };
    match data {
        Data::F32(values) => values.clone(),
        Data::Bool(values) => values.iter().map(|&x| f32::from(u8::from(x))).collect(),
        data => data.integers().unwrap_or_default().into_iter().map(real).collect(),
    }
}
