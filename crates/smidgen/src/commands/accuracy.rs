//! `smidgen accuracy`: how good models are, on samples with labels.

mod text;

use super::Outcome;
use crate::cli::{AccuracyArgs, Cli};
use crate::output;
use crate::progress::Progress;
use crate::table::number;
use smidgen_study::accuracy::{AccuracyReport, Candidate, Progress as Step, Settings};
use smidgen_study::{Error, Model, Recipe};
use std::path::Path;

pub(super) fn run(args: &AccuracyArgs, cli: &Cli) -> Result<Outcome, Error> {
    let workbench = super::workbench(cli)?;
    let limit = args.trials.map(|n| n as usize);
    let spec = args.numbers.spec(&args.data, limit, args.seed.unwrap_or(1));
    let board = match &args.board {
        Some(name) => Some((workbench.board(name)?.clone(), usize::from(args.emulated))),
        None => None,
    };
    let settings = Settings {
        task: args.task.map(Into::into),
        output: args.model_output.clone(),
        metrics: args.metric.clone(),
        threshold: args.threshold,
        memory: args.sequence.unwrap_or_default(),
        board,
        terms: super::terms(&args.terms),
        goals: [&args.at_least[..], &args.at_most].concat(),
    };
    let candidates = candidates(args)?;
    let progress = Progress::spinner(cli.quiet);
    let report = workbench.accuracy(&candidates, &spec, &settings, &|step| match step {
        Step::Samples(count) => progress.total(count * candidates.len()),
        Step::Model(name) => progress.message(name),
        Step::Board(name) => progress.message(format!("some samples on {name}")),
        Step::Done(count) => progress.advance_by(count),
    })?;
    drop(progress);
    if cli.json {
        output::json(&report);
    } else {
        output::text(&text::text(&report, args.confusion));
    }
    remark(&report, cli.quiet);
    Ok(if report.is_good() { Outcome::Fine } else { Outcome::Bad })
}

/// Every model under every recipe, with names that tell them apart.
fn candidates(args: &AccuracyArgs) -> Result<Vec<Candidate>, Error> {
    let mut recipes = vec![(None, super::recipe(&args.recipe)?)];
    for path in &args.also {
        let recipe = super::recipe_over(Recipe::load(path)?, &args.recipe)?;
        recipes.push((Some(path), recipe));
    }
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut candidates = Vec::new();
    for path in &args.models {
        let alike = args.models.iter().filter(|other| stem(other) == stem(path)).count();
        let name = if alike > 1 { path.display().to_string() } else { stem(path) };
        for (file, recipe) in &recipes {
            let name = match file {
                Some(file) => format!("{name}, {}", stem(file)),
                None => name.clone(),
            };
            // Shapes are for the ONNX models among several.
            let is_fixed = args.models.len() > 1 && !is_onnx(path);
            let recipe = if is_fixed { recipe.without_shapes() } else { recipe.clone() };
            let model = Model::load(path, &recipe)?;
            candidates.push(Candidate { name, model, recipe });
        }
    }
    Ok(candidates)
}

/// Whether a file is called as ONNX models are, which may leave shapes open.
fn is_onnx(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"))
}

/// What is no result: remarks on the samples, and how fast it went.
fn remark(report: &AccuracyReport, quiet: bool) {
    for note in &report.notes {
        output::note(&format!("note: {note}"));
    }
    if !quiet {
        output::note(&format!(
            "{} inferences in {:.1} s on {} threads of this computer: {} per second",
            number(report.inferences as u64),
            report.seconds,
            report.threads,
            number(report.inferences_per_second.round() as u64)
        ));
    }
}
