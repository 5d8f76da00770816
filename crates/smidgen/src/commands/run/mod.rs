//! `smidgen run`: one model on one board, or on many.

mod report;
mod survey;

use super::Outcome;
use crate::cli::{Cli, RunArgs};
use crate::output;
use crate::progress::Progress;
use smidgen_study::report::{RunReport, Verdict};
use smidgen_study::{Error, Terms, Workbench};
use smidgen_target::Board;

pub(super) fn run(args: &RunArgs, cli: &Cli) -> Result<Outcome, Error> {
    let workbench = super::workbench(cli)?;
    let (boards, single) = boards(&workbench, &args.board)?;
    let boards = super::boards::filtered(&workbench, boards, &args.filters)?;
    if boards.is_empty() {
        return Err(Error::Usage("no board is like that; `smidgen boards` lists them".into()));
    }
    let terms = Terms {
        period_s: args.duty.period,
        battery: args.duty.battery,
        ..super::terms(&args.terms)
    };
    match boards[..] {
        [board] if single && !args.table.csv && args.table.sort.is_none() => {
            one(args, cli, &workbench, board, &terms)
        }
        _ => survey::run(args, cli, &workbench, &boards, &terms),
    }
}

/// The boards that names stand for, each once, and whether they are a single board's name.
fn boards<'a>(workbench: &'a Workbench, names: &[String]) -> Result<(Vec<&'a Board>, bool), Error> {
    let mut boards: Vec<&Board> = Vec::new();
    let mut single = true;
    for name in names {
        let devices = || workbench.registry.boards().filter(|board| board.device().is_some());
        match name.as_str() {
            "all" => boards.extend(devices().filter(|board| !board.is_runnable())),
            "emulated" => boards.extend(devices().filter(|board| board.is_runnable())),
            name => {
                boards.push(workbench.board(name)?);
                continue;
            }
        }
        single = false;
    }
    boards.sort_by(|a, b| a.name.cmp(&b.name));
    boards.dedup_by(|a, b| a.name == b.name);
    Ok((boards, single))
}

fn one(
    args: &RunArgs,
    cli: &Cli,
    workbench: &Workbench,
    board: &Board,
    terms: &Terms,
) -> Result<Outcome, Error> {
    terms.check(board)?;
    let recipe = super::recipe(&args.recipe)?;
    let model = super::model(&args.model, &recipe, &args.inputs, cli.quiet)?;
    let samples = super::samples(&args.inputs, &model)?;
    let progress = Progress::spinner(cli.quiet);
    let mut evaluation =
        workbench.evaluate(&model, board, &recipe, &samples, &|stage| progress.stage(stage))?;
    drop(progress);
    evaluation.move_to(board, terms)?;
    if let Some(path) = &args.output {
        evaluation.save_outputs(path)?;
    }
    if let Some(folder) = &args.keep {
        evaluation.keep(folder)?;
    }
    if cli.json {
        output::json(&evaluation.report);
    } else {
        output::text(&report::text(&evaluation.report));
    }
    Ok(outcome(&evaluation.report))
}

/// Wrong results, a model that does not fit and a period that is too short are the model's fault.
fn outcome(report: &RunReport) -> Outcome {
    let fits = report.fit.is_none_or(|fit| fit.fits);
    let keeps_up = report.cost.duty.as_ref().is_none_or(|duty| duty.keeps_up);
    if report.verdict == Verdict::Wrong || !fits || !keeps_up {
        Outcome::Bad
    } else {
        Outcome::Fine
    }
}
