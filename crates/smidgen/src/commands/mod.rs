//! One file per command: run it, then show what it found.

mod accuracy;
mod bench;
mod boards;
mod compile;
mod convert;
mod doctor;
mod inspect;
mod profile;
mod quantize;
mod run;
mod verify;

use crate::cli::{
    CalibrationArgs, Cli, Command, DataArgs, InputArgs, KernelsArg, MemoryArg, Opt, RecipeArgs,
    RoundingArg, Switch, TermsArgs, on_the_way,
};
use crate::output;
use crate::progress::Progress;
use clap::CommandFactory;
use smidgen_compiler::tensor::Rounding;
use smidgen_run::{Optimisation, Placement};
use smidgen_study::quantise::{self, QuantiseSpec};
use smidgen_study::{CustomSpec, Error, Inputs, Kernels, Model, Recipe, Sample, Terms, Workbench};
use std::path::Path;
use std::process::ExitCode;

/// How a command that ran to its end ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Fine,
    /// The model or its result is bad.
    Bad,
    /// The environment lacks something.
    Lacking,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Bad => 1,
            Outcome::Lacking => 2,
        })
    }
}

/// Runs what was asked for.
pub(crate) fn dispatch(cli: &Cli) -> Result<Outcome, Error> {
    match &cli.command {
        Command::Run(args) => run::run(args, cli),
        Command::Profile(args) => profile::run(args, cli),
        Command::Compile(args) => compile::run(args, cli),
        Command::Convert(args) => convert::run(args, cli),
        Command::Quantize(args) => quantize::run(args, cli),
        Command::Inspect(args) => inspect::run(args, cli),
        Command::Verify(args) => verify::run(args, cli),
        Command::Accuracy(args) => accuracy::run(args, cli),
        Command::Bench(args) => bench::run(args, cli),
        Command::Boards(args) => boards::run(args, cli),
        Command::Doctor(args) => doctor::run(args, cli),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "smidgen", &mut script);
            output::raw(&String::from_utf8_lossy(&script));
            Ok(Outcome::Fine)
        }
    }
}

/// The workbench with the boards that are to be known.
fn workbench(cli: &Cli) -> Result<Workbench, Error> {
    let workbench = Workbench::new()?;
    match &cli.targets {
        Some(folder) => workbench.with_targets(folder),
        None => Ok(workbench),
    }
}

/// The recipe that options describe.
fn recipe(args: &RecipeArgs) -> Result<Recipe, Error> {
    let recipe = match &args.recipe {
        Some(path) => Recipe::load(path)?,
        None => Recipe::default(),
    };
    recipe_over(recipe, args)
}

/// A recipe with what other options say.
fn recipe_over(mut recipe: Recipe, args: &RecipeArgs) -> Result<Recipe, Error> {
    match args.opt {
        None => {}
        Some(Opt::O0) => recipe.opt = Optimisation::O0,
        Some(Opt::O1) => recipe.opt = Optimisation::O1,
        Some(Opt::O2) => recipe.opt = Optimisation::O2,
        Some(Opt::O3) => recipe.opt = Optimisation::O3,
        Some(Opt::Os) => recipe.opt = Optimisation::Os,
    }
    match args.rounding {
        None => {}
        Some(RoundingArg::Tflm) => recipe.rounding = Some(Rounding::Tflm),
        Some(RoundingArg::Litert) => recipe.rounding = Some(Rounding::Litert),
        Some(RoundingArg::Onnx) => recipe.rounding = Some(Rounding::Onnx),
    }
    let placement = |memory| match memory {
        MemoryArg::Flash => Placement::Flash,
        MemoryArg::Ram => Placement::Ram,
    };
    match args.kernels {
        None => {}
        Some(KernelsArg::Best) => recipe.kernels = Kernels::Best,
        Some(KernelsArg::Portable) => recipe.kernels = Kernels::Portable,
    }
    if let Some(memory) = args.weights_in {
        recipe.weights = placement(memory);
    }
    if let Some(memory) = args.code_in {
        recipe.code = placement(memory);
    }
    for path in &args.custom {
        recipe.customs.extend(CustomSpec::load(path)?);
    }
    recipe.shapes.extend(args.shape.iter().cloned());
    recipe.states.extend(args.state.iter().cloned());
    recipe.channels_last |= args.channels_last;
    Ok(recipe)
}

/// The model in a file; in integers if the options of its inputs say so.
fn model(path: &Path, recipe: &Recipe, inputs: &InputArgs, quiet: bool) -> Result<Model, Error> {
    let seed = inputs.seed.unwrap_or(1);
    let calibration = inputs.quantisation.quantize.zip(inputs.input.as_deref());
    let spec = calibration.map(|(to, data)| on_the_way(to, data, &inputs.data, seed));
    quantised(Model::load(path, recipe)?, spec, recipe, quiet)
}

/// The model in a file; in integers if the options of its calibration say so.
fn calibrated(
    path: &Path,
    recipe: &Recipe,
    args: &CalibrationArgs,
    quiet: bool,
) -> Result<Model, Error> {
    let calibration = args.quantisation.quantize.zip(args.data.as_deref());
    let spec = calibration.map(|(to, data)| on_the_way(to, data, &args.numbers, 1));
    quantised(Model::load(path, recipe)?, spec, recipe, quiet)
}

fn quantised(
    model: Model,
    spec: Option<QuantiseSpec>,
    recipe: &Recipe,
    quiet: bool,
) -> Result<Model, Error> {
    let Some(spec) = spec else {
        return Ok(model);
    };
    let progress = Progress::spinner(quiet);
    let show = |stage| quantize::show(&progress, stage);
    let made = quantise::quantise(&model, &spec, None, recipe, &show)?;
    drop(progress);
    made.report.notes.iter().for_each(|note| output::note(&format!("note: {note}")));
    Ok(made.model)
}

/// What the estimate is for.
fn terms(args: &TermsArgs) -> Terms {
    let caches = args.caches.map(|switch| switch == Switch::On);
    Terms { clock_hz: args.clock, caches, ..Terms::default() }
}

/// The samples that options describe.
fn samples(args: &InputArgs, model: &Model) -> Result<Vec<Sample>, Error> {
    // The samples are there to calibrate: running one shows what there is to see.
    let trials = args.trials.or(args.quantisation.quantize.map(|_| 1));
    let limit = trials.map(|n| n as usize);
    let seed = args.seed.unwrap_or(1);
    let usage = |text: &str| Err(Error::Usage(text.into()));
    let inputs = match &args.input {
        Some(_) if args.seed.is_some() && !args.data.shuffle => {
            return usage("`--seed` does nothing to the samples of `--input` without `--shuffle`");
        }
        None if args.data != DataArgs::default() => {
            return usage("options of data need `--input`");
        }
        Some(path) => Inputs::Data(Box::new(args.data.spec(path, limit, seed))),
        None => Inputs::Random { seed, samples: limit.unwrap_or(1) },
    };
    inputs.samples_with(&model.graph, &|note| output::note(&format!("note: {note}")))
}
