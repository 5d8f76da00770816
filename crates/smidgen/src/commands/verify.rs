//! `smidgen verify`: every layer on every target against the reference.

use super::Outcome;
use crate::cli::{Cli, VerifyArgs};
use crate::output;
use crate::progress::Progress;
use crate::table::{Align, shorten, table};
use smidgen_study::compare::{Comparison, HISTOGRAM_LIMIT};
use smidgen_study::report::Verdict;
use smidgen_study::{Error, TargetReport, VERIFY_SCHEMA, VerifyReport};
use std::fmt::Write;

pub(super) fn run(args: &VerifyArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let workbench = super::workbench(cli)?;
    let names: Vec<String> = if args.all_cores {
        workbench.runnable_boards().map(|board| board.name.clone()).collect()
    } else if args.board.is_empty() {
        vec!["host".into(), "qemu-m4".into()]
    } else {
        args.board.clone()
    };
    let boards = names.iter().map(|name| workbench.board(name)).collect::<Result<Vec<_>, _>>()?;
    let model = super::model(&args.model, &recipe, &args.inputs, cli.quiet)?;
    let samples = super::samples(&args.inputs, &model)?;
    let progress = Progress::bar(boards.len(), cli.quiet);
    let mut targets = Vec::new();
    for board in boards {
        progress.message(board.name.clone());
        targets.push(workbench.verify(&model, board, &recipe, &samples)?);
        progress.advance();
    }
    drop(progress);
    let report = VerifyReport {
        schema: VERIFY_SCHEMA.into(),
        model: model.name.clone(),
        samples: samples.len(),
        targets,
    };
    if cli.json {
        output::json(&report);
    } else {
        output::text(&text(&report, args.layers));
    }
    let wrong = report.targets.iter().any(|target| target.verdict == Verdict::Wrong);
    Ok(if wrong { Outcome::Bad } else { Outcome::Fine })
}

fn text(report: &VerifyReport, all_layers: bool) -> String {
    let mut text = String::new();
    let mut line = |s: &str| writeln!(text, "{s}").expect("writing to a string cannot fail");
    let samples =
        if report.samples == 1 { "1 sample" } else { &format!("{} samples", report.samples) };
    line(&format!("{}: layers alone are fed the reference's input; {samples}\n", report.model));
    let shown = |index: usize| {
        all_layers
            || report.targets.iter().any(|t| t.layers[index].comparison.verdict == Verdict::Wrong)
    };
    let layers = report.targets.first().map_or(0, |target| target.layers.len());
    if (0..layers).any(shown) {
        line(&layer_table(report, (0..layers).filter(|&i| shown(i))));
    }
    let columns = [
        ("target", Align::Left),
        ("layers", Align::Right),
        ("layers alone", Align::Left),
        ("whole network", Align::Left),
        ("largest difference", Align::Left),
        ("first wrong layer", Align::Left),
    ];
    line(table(&columns, report.targets.iter().map(target_row)).trim_end());
    for target in &report.targets {
        if target.verdict == Verdict::Wrong && target.first_wrong.is_none() {
            line(&format!(
                "\n{}: every layer alone is right, but whole inferences are wrong: this is a defect \
                 of smidgen, please report it",
                target.board
            ));
        }
        if let Some(index) = target.first_wrong {
            let layer = &target.layers[index];
            line(&format!("\n{}: layer {index} {} `{}`", target.board, layer.kind, layer.name));
            line(histogram(&layer.comparison).trim_end());
        }
    }
    text
}

fn target_row(target: &TargetReport) -> Vec<String> {
    let layers = || target.layers.iter().map(|layer| &layer.comparison);
    let outputs = || target.outputs.iter().map(|output| &output.comparison);
    let largest = layers().chain(outputs()).map(|comparison| comparison.max_difference);
    let largest = largest.fold(0.0, f64::max);
    let word = |verdict: Option<Verdict>| verdict.unwrap_or(Verdict::Exact).word().to_string();
    let first = target.first_wrong.map_or("-".to_string(), |index| {
        format!("{index} {}", shorten(&target.layers[index].name, 40))
    });
    vec![
        target.board.clone(),
        target.layers.len().to_string(),
        word(layers().map(|comparison| comparison.verdict).max()),
        word(outputs().map(|comparison| comparison.verdict).max()),
        if largest == 0.0 { "0".into() } else { format!("{largest:.3e}") },
        first,
    ]
}

fn layer_table(report: &VerifyReport, layers: impl Iterator<Item = usize>) -> String {
    let mut columns = vec![("#", Align::Right), ("layer", Align::Left), ("operator", Align::Left)];
    columns.extend(report.targets.iter().map(|target| (target.board.as_str(), Align::Left)));
    let row = |index: usize| {
        let layer = &report.targets[0].layers[index];
        let mut row = vec![index.to_string(), shorten(&layer.name, 36), layer.kind.clone()];
        row.extend(report.targets.iter().map(|target| {
            let comparison = &target.layers[index].comparison;
            match comparison.verdict {
                Verdict::Wrong => format!("WRONG {}", comparison.differing),
                verdict => verdict.word().to_string(),
            }
        }));
        row
    };
    table(&columns, layers.map(row))
}

/// How many elements differ by how many steps.
fn histogram(comparison: &Comparison) -> String {
    let mut text = format!(
        "  {} of {} elements differ, by at most {}\n",
        comparison.differing, comparison.elements, comparison.max_difference
    );
    for (&steps, count) in &comparison.histogram {
        let more = if steps == HISTOGRAM_LIMIT { " or more" } else { "" };
        let s = if steps == 1 { "" } else { "s" };
        writeln!(text, "  {steps}{more} step{s}: {count}")
            .expect("writing to a string cannot fail");
    }
    text
}
