//! Runs models on boards and turns what comes out into reports.

use crate::compare::compare_output;
use crate::cost::{Cost, CostReport, Terms, Workload};
use crate::error::file_error;
use crate::inputs::Sample;
use crate::measure::{instructions, measure};
use crate::report::{RunReport, Verdict};
use crate::{Error, Model, Recipe, arrays, write_package};
use rayon::prelude::*;
use smidgen_compiler::emit::PortSpec;
use smidgen_compiler::eval::{self, Values};
use smidgen_compiler::graph::{Graph, Node};
use smidgen_compiler::lower::Port;
use smidgen_compiler::tensor::Data;
use smidgen_compiler::{Compiled, compile};
use smidgen_run::doctor::Availability;
use smidgen_run::{Builder, Cache, Capture, Image, Mode, Request, Runner};
use smidgen_target::{Board, Registry};
use std::borrow::Cow;
use std::path::Path;

/// Boards, caches and what one can do with them.
#[derive(Debug)]
pub struct Workbench {
    /// All known boards.
    pub registry: Registry,
    cache: Cache,
    builder: Builder,
}

/// Everything that one model on one board gave.
#[derive(Debug)]
pub struct Evaluation {
    /// The findings.
    pub report: RunReport,
    /// Model outputs that the target computed, per sample.
    pub outputs: Vec<Vec<Data>>,
    /// The generated code and all stages before it.
    pub compiled: Compiled,
    /// The linked program.
    pub image: Image,
    /// What the run of each sample left behind.
    pub captures: Vec<Capture>,
    /// Index of the sample that took the most instructions.
    pub slowest: usize,
    /// That sample's run, ready to be priced; none where nothing was counted.
    workload: Option<Workload>,
}

/// What was built and run, not yet compared with anything.
#[derive(Debug)]
pub(crate) struct Executed {
    compiled: Compiled,
    image: Image,
    captures: Vec<Capture>,
}

/// Stages of an evaluation, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Lowering, planning, emitting.
    Compile,
    /// The C compiler.
    Build,
    /// The emulator or the board.
    Run,
    /// The reference.
    Verify,
}

impl Workbench {
    /// A workbench with the built-in boards that keeps its products in the user's cache folder.
    pub fn new() -> Result<Self, Error> {
        Ok(Self::with_cache(Cache::user()?))
    }

    /// A workbench with the built-in boards that keeps its products in `cache`.
    pub fn with_cache(cache: Cache) -> Self {
        let builder = Builder::new(cache.clone());
        Self { registry: Registry::builtin(), cache, builder }
    }

    /// The same with the targets in `folder` added; see [`Registry::with_folder`].
    pub fn with_targets(self, folder: &Path) -> Result<Self, Error> {
        Ok(Self { registry: Registry::with_folder(folder)?, ..self })
    }

    /// A board by name; an unknown name is an error that suggests the nearest.
    pub fn board(&self, name: &str) -> Result<&Board, Error> {
        Ok(self.registry.board(name)?)
    }

    /// Boards that can be run on this computer: the host and the emulated ones.
    pub fn runnable_boards(&self) -> impl Iterator<Item = &Board> {
        self.registry.boards().filter(|board| board.is_runnable())
    }

    /// Generates C for a core.
    pub fn compile(
        &self,
        model: &Model,
        board: &Board,
        recipe: &Recipe,
    ) -> Result<Compiled, Error> {
        let graph = model.graph.clone();
        let features = recipe.kernels.allowed(&board.core.features);
        compile(graph, &features, recipe.planner()?)
            .map_err(|problems| Error::Model { name: model.name.clone(), problems })
    }

    /// What to build for and run on in the place of `board`; see [`Registry::stand_in`].
    pub fn stand_in(&self, board: &Board) -> Result<Board, Error> {
        self.registry.stand_in(board).ok_or_else(|| {
            Error::Usage(format!(
                "nothing emulates board `{}`, whose core is `{}`; `smidgen boards` lists others",
                board.name, board.core.name
            ))
        })
    }

    /// Compiles, builds, runs, verifies, measures, and estimates what the board itself would need.
    pub fn evaluate(
        &self,
        model: &Model,
        board: &Board,
        recipe: &Recipe,
        samples: &[Sample],
        progress: &(dyn Fn(Stage) + Sync),
    ) -> Result<Evaluation, Error> {
        let stand_in = self.stand_in(board)?;
        let fed = with_states(self, model, samples)?;
        let executed = self.execute(model, &stand_in, recipe, &fed, progress)?;
        progress(Stage::Verify);
        let reference = self.reference(model, samples)?;
        let mut evaluation = self.conclude(model, recipe, executed, &reference)?;
        evaluation.move_to(board, &Terms::default())?;
        Ok(evaluation)
    }

    /// Compiles, builds and runs on a board that can be run here. `samples` are
    /// [`with_states`].
    pub(crate) fn execute(
        &self,
        model: &Model,
        board: &Board,
        recipe: &Recipe,
        samples: &[Sample],
        progress: &(dyn Fn(Stage) + Sync),
    ) -> Result<Executed, Error> {
        progress(Stage::Compile);
        let compiled = self.compile(model, board, recipe)?;
        progress(Stage::Build);
        let image = self.build(&compiled, board, recipe, Mode::Inference)?;
        progress(Stage::Run);
        let captures = self.run(&image, board, samples)?;
        Ok(Executed { compiled, image, captures })
    }

    /// Compares what was executed with the reference's outputs, and measures it.
    pub(crate) fn conclude(
        &self,
        model: &Model,
        recipe: &Recipe,
        executed: Executed,
        reference: &[Vec<Data>],
    ) -> Result<Evaluation, Error> {
        let Executed { compiled, image, captures } = executed;
        let board = &image.board;
        let manifest = &compiled.bundle.manifest;
        let results: Vec<_> = manifest.outputs.iter().chain(&manifest.states).cloned().collect();
        let outputs: Vec<Vec<Data>> =
            captures.iter().map(|capture| split(&results, &capture.outputs[0])).collect();
        let ports = 0..results.len();
        let comparisons = ports.map(|port| compare_output(port, reference, &outputs));
        let (mut verdict, mut max_difference) = (Verdict::Exact, 0f64);
        for comparison in comparisons {
            verdict = verdict.max(comparison.verdict);
            max_difference = max_difference.max(comparison.max_difference);
        }
        let slowest = slowest(&captures);
        let mut report = measure(model, recipe, &compiled, &image, &captures, slowest);
        report.verdict = verdict;
        report.max_difference = max_difference;
        report.toolchain = smidgen_run::toolchain_for(board)?.version()?;
        report.runner = self.runner_version(board)?;
        let profile = captures.get(slowest).and_then(|capture| capture.profile.as_ref());
        let workload = profile.map(|profile| Workload::new(profile, &report)).transpose()?;
        Ok(Evaluation { report, outputs, compiled, image, captures, slowest, workload })
    }

    /// Outputs that a board computes for samples that follow each other in one run; nothing is
    /// measured.
    pub fn infer(
        &self,
        model: &Model,
        board: &Board,
        recipe: &Recipe,
        samples: &[Sample],
    ) -> Result<Vec<Vec<Data>>, Error> {
        let board = &self.stand_in(board)?;
        let compiled = self.compile(model, board, recipe)?;
        let stateful = compiled.bundle.manifest.state_bytes > 0;
        let mode = if stateful { Mode::Stream } else { Mode::Inference };
        let image = self.build(&compiled, board, recipe, mode)?;
        let bytes = |sample: &Sample| sample.iter().flat_map(Data::to_le_bytes).collect();
        let request = Request::new(samples.iter().map(bytes).collect());
        let capture = self.runner(board)?.run(&image, &request)?;
        let ports = &compiled.bundle.manifest.outputs;
        Ok(capture.outputs.iter().map(|bytes| split(ports, bytes)).collect())
    }

    /// Builds an image for `board`.
    pub fn build(
        &self,
        compiled: &Compiled,
        board: &Board,
        recipe: &Recipe,
        mode: Mode,
    ) -> Result<Image, Error> {
        Ok(self.builder.build(&compiled.bundle, board, &recipe.build_options(mode))?)
    }

    /// Runs each sample on its own, so that its counts stand alone.
    pub(crate) fn run(
        &self,
        image: &Image,
        board: &Board,
        samples: &[Sample],
    ) -> Result<Vec<Capture>, Error> {
        let run = |sample: &Sample| {
            let bytes = sample.iter().flat_map(Data::to_le_bytes).collect();
            Ok(self.runner(board)?.run(image, &Request::new(vec![bytes]))?)
        };
        samples.par_iter().map(run).collect()
    }

    /// What the runner says about itself.
    fn runner_version(&self, board: &Board) -> Result<String, Error> {
        Ok(match self.runner(board)?.check()? {
            Availability::Ready { version } | Availability::TooOld { version } => version,
            Availability::Missing => "missing".to_string(),
        })
    }

    /// What runs images for `board`.
    pub(crate) fn runner(&self, board: &Board) -> Result<Box<dyn Runner>, Error> {
        Ok(smidgen_run::runner(board, &self.cache)?)
    }

    /// Model outputs that the reference computes, per sample, and after them the new contents of
    /// the states. The samples of a model with state follow each other.
    pub fn reference(&self, model: &Model, samples: &[Sample]) -> Result<Vec<Vec<Data>>, Error> {
        let graph = &model.source;
        let results = |values: Values| {
            let [_, after] = eval::states(graph, &values);
            eval::outputs(graph, &values).into_iter().chain(after).collect()
        };
        Ok(evaluate_all(self, model, graph, samples)?.into_iter().map(results).collect())
    }
}

/// Data of all values of one of the model's graphs, per sample. Samples of a model with state
/// follow each other.
pub(crate) fn evaluate_all(
    workbench: &Workbench,
    model: &Model,
    graph: &Graph,
    samples: &[Sample],
) -> Result<Vec<Values>, Error> {
    let external = |graph: &Graph, node: &Node, inputs: &[&Data]| {
        workbench.run_custom(graph, node, inputs).map_err(|e| e.to_string())
    };
    let values = if graph.states().is_empty() {
        let evaluate = |sample: &Sample| eval::evaluate_with(graph, sample, &external);
        samples.par_iter().map(evaluate).collect()
    } else {
        eval::evaluate_stream_with(graph, samples, &external)
    };
    values.map_err(|e| Error::Data(format!("model `{}`: {e}", model.name)))
}

/// The samples, each with the contents of the states before it: so inferences that follow each
/// other can be run apart.
pub(crate) fn with_states<'a>(
    workbench: &Workbench,
    model: &Model,
    samples: &'a [Sample],
) -> Result<Cow<'a, [Sample]>, Error> {
    let graph = &model.graph;
    if graph.states().is_empty() {
        return Ok(Cow::Borrowed(samples));
    }
    let values = evaluate_all(workbench, model, graph, samples)?;
    let fed = samples.iter().zip(&values).map(|(sample, values)| {
        let [before, _] = eval::states(graph, values);
        sample.iter().cloned().chain(before).collect()
    });
    Ok(fed.collect())
}

impl Evaluation {
    /// What one inference costs on `board`, which executes the same code; `None` where nothing
    /// prices its core.
    pub fn cost(&self, board: &Board, terms: &Terms) -> Result<Option<Cost>, Error> {
        self.workload.as_ref().map_or(Ok(None), |workload| workload.cost(board, terms))
    }

    /// The run that took the most instructions, ready to be priced on boards that execute the same
    /// code; none where nothing was counted.
    pub fn into_workload(self) -> Option<Workload> {
        self.workload
    }

    /// Makes the report that of `board`, which executes the same code, under `terms`.
    pub fn move_to(&mut self, board: &Board, terms: &Terms) -> Result<(), Error> {
        let cost = self.cost(board, terms)?;
        let report = &mut self.report;
        let ran_on = &self.image.board.name;
        report.emulated_on = (*ran_on != board.name).then(|| ran_on.clone());
        report.board.clone_from(&board.name);
        report.core.clone_from(&board.core.name);
        report.fit = board.device().and_then(|device| report.fit_on(device));
        match cost {
            Some(cost) => cost.fill(report),
            None => report.cost = CostReport::unknown(board),
        }
        Ok(())
    }

    /// Saves what the target computed as arrays `out0`, `out1`, … with a leading sample axis.
    pub fn save_outputs(&self, path: &Path) -> Result<(), Error> {
        let ports = self.compiled.program.outputs.iter().enumerate();
        let array = |(index, port): (usize, &Port)| {
            let samples: Vec<Data> = self.outputs.iter().map(|o| o[index].clone()).collect();
            (format!("out{index}"), arrays::stack(&port.ty, &samples))
        };
        arrays::write(path, &ports.map(array).collect::<Vec<_>>())
    }

    /// Writes everything that was generated into `folder`: sources, program, report and, where the
    /// board is emulated, the execution profile of each sample.
    pub fn keep(&self, folder: &Path) -> Result<(), Error> {
        write_package(&self.compiled.bundle, folder, true)?;
        let write = |name: &str, content: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, content).map_err(|e| file_error("write", &path, e))
        };
        write("firmware.elf", &self.image.program)?;
        for (sample, capture) in self.captures.iter().enumerate() {
            if let Some(text) = &capture.profile_text {
                write(&format!("profile{sample}.txt"), text.as_bytes())?;
            }
        }
        let report = serde_json::to_string_pretty(&self.report);
        write("report.json", (report.expect("reports have text keys only") + "\n").as_bytes())
    }
}

/// Index of the sample that took the most instructions.
fn slowest(captures: &[Capture]) -> usize {
    let counts = captures.iter().map(|capture| capture.profile.as_ref().map(instructions));
    let most = counts.enumerate().max_by_key(|&(index, count)| (count, std::cmp::Reverse(index)));
    most.map_or(0, |(index, _)| index)
}

/// Cuts what a harness wrote into tensors.
pub(crate) fn split(ports: &[PortSpec], mut bytes: &[u8]) -> Vec<Data> {
    let mut tensors = Vec::new();
    for port in ports {
        let (tensor, rest) = bytes.split_at(port.bytes);
        let dtype = port.element.dtype();
        tensors.push(Data::from_le_bytes(dtype, tensor).expect("ports are whole elements"));
        bytes = rest;
    }
    tensors
}
