//! `smidgen run`: one model on one board.

use super::Outcome;
use crate::cli::{Cli, RunArgs};
use crate::output;
use crate::progress::Progress;
use crate::table::{Align, number, shorten, table};
use smidgen_study::report::{RunReport, Verdict};
use smidgen_study::{Error, Evaluation, Model};
use std::fmt::Write;

pub(super) fn run(args: &RunArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let workbench = super::workbench(cli)?;
    let board = workbench.board(&args.board)?;
    let model = Model::load(&args.model, &recipe)?;
    let samples = super::inputs(&args.inputs).samples(&model.graph)?;
    let progress = Progress::spinner(cli.quiet);
    let evaluation =
        workbench.evaluate(&model, board, &recipe, &samples, &|stage| progress.stage(stage))?;
    drop(progress);
    if let Some(path) = &args.output {
        evaluation.save_outputs(path)?;
    }
    if let Some(folder) = &args.keep {
        evaluation.keep(folder)?;
    }
    let Evaluation { report, .. } = &evaluation;
    if cli.json {
        output::json(report);
    } else {
        output::text(&text(report));
    }
    Ok(if report.verdict == Verdict::Wrong { Outcome::Bad } else { Outcome::Fine })
}

/// The report for people.
fn text(report: &RunReport) -> String {
    let mut text = String::new();
    let mut line = |s: String| writeln!(text, "{s}").expect("writing to a string cannot fail");
    let RunReport { model, ram_bytes: ram, flash_bytes: flash, harness_bytes: harness, .. } =
        report;
    line(format!("{} on {} ({})", model.name, report.board, report.core));
    line(format!(
        "{} MACs, {} parameters; {}; {}\n",
        number(model.macs),
        number(model.parameters),
        report.toolchain,
        report.runner
    ));
    line(operators(report));
    line(format!("verdict       {}", verdict(report)));
    if let Some(instructions) = report.instructions {
        let per_mac = instructions as f64 / model.macs.max(1) as f64;
        line(format!(
            "instructions  {} per inference, {per_mac:.2} per MAC (emulated, exact count)",
            number(instructions)
        ));
    }
    match (ram.total, ram.statics, ram.stack) {
        (Some(total), Some(statics), Some(stack)) => line(format!(
            "RAM           {} bytes = arena {} + static {} + stack {}",
            number(total),
            number(ram.arena),
            number(statics),
            number(stack)
        )),
        _ => line(format!(
            "RAM           {} bytes of arena; no stack or flash figures on the host",
            number(ram.arena)
        )),
    }
    if let Some(flash) = flash {
        line(format!(
            "flash         {} bytes = weights {} + constants {} + code {}",
            number(flash.total),
            number(flash.weights),
            number(flash.constants),
            number(flash.code)
        ));
    }
    if let Some(harness) = harness {
        line(format!(
            "harness       {} bytes of flash and {} of RAM, not counted above",
            number(harness.flash),
            number(harness.ram)
        ));
    }
    text
}

fn verdict(report: &RunReport) -> String {
    let samples = match report.samples {
        1 => "1 inference".to_string(),
        n => format!("{n} inferences"),
    };
    let word = report.verdict.word();
    match report.verdict {
        Verdict::Exact => format!("{word}: all outputs equal the reference ({samples})"),
        Verdict::Within => format!(
            "{word} tolerance: outputs differ from the reference by at most {:.3e} ({samples})",
            report.max_difference
        ),
        Verdict::Wrong => format!(
            "{word}: outputs differ from the reference by up to {} ({samples}); \
             `smidgen verify` finds the layer",
            report.max_difference
        ),
    }
}

fn operators(report: &RunReport) -> String {
    let counted = report.instructions;
    let mut columns =
        vec![("layer", Align::Left), ("operator", Align::Left), ("MACs", Align::Right)];
    if counted.is_some() {
        columns.extend([
            ("instructions", Align::Right),
            ("share", Align::Right),
            ("per MAC", Align::Right),
            ("RAM", Align::Right),
            ("flash", Align::Right),
        ]);
    }
    let row = |operator: &smidgen_study::report::OperatorReport| {
        let mut row =
            vec![shorten(&operator.name, 36), operator.kind.clone(), number(operator.macs)];
        if let (Some(total), Some(instructions)) = (counted, operator.instructions) {
            let per_mac = instructions as f64 / operator.macs as f64;
            row.extend([
                number(instructions),
                format!("{:.1} %", 100.0 * instructions as f64 / total.max(1) as f64),
                if operator.macs > 0 { format!("{per_mac:.2}") } else { "-".into() },
                number(operator.ram_bytes),
                operator.flash_bytes.map_or("-".into(), number),
            ]);
        }
        row
    };
    table(&columns, report.operators.iter().map(row))
}
