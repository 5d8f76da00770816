//! `smidgen profile`: where the cycles go.

use super::Outcome;
use crate::cli::{Cli, ProfileArgs};
use crate::output;
use crate::progress::Progress;
use crate::quantity::{ends, megahertz, significant};
use crate::table::{Align, number, shorten, table};
use smidgen_study::report::Verdict;
use smidgen_study::{
    ClassProfile, Error, FunctionProfile, LineProfile, LoopProfile, Mix, OperatorProfile,
    ProfileReport, Recording, Spent, Workbench, flame_graph, trace,
};
use std::fmt::Write;
use std::path::Path;

/// The board of models, unless another one is named.
const DEFAULT_BOARD: &str = "qemu-m4";

pub(super) fn run(args: &ProfileArgs, cli: &Cli) -> Result<Outcome, Error> {
    let workbench = super::workbench(cli)?;
    let recording = match (&args.from, &args.model) {
        (Some(folder), _) => Recording::load(folder)?,
        (None, Some(model)) => record(args, cli, &workbench, model)?,
        (None, None) => return Err(Error::Usage("name a model, or a folder with `--from`".into())),
    };
    let board = workbench.board(args.board.as_ref().unwrap_or(&recording.report.board))?;
    let cost = recording.cost(board, &workbench.registry, &super::terms(&args.terms))?;
    let report = ProfileReport::new(&recording, board, &cost, args.top.into())?;
    if let Some(path) = &args.flame {
        output::file(path, &flame_graph(&recording, &cost, &board.name)?)?;
    }
    if let Some(path) = &args.trace {
        output::file(path, trace(&recording, &cost, &board.name).to_string().as_bytes())?;
    }
    if cli.json {
        output::json(&report);
    } else {
        output::text(&text(&report, args.top.into()));
    }
    Ok(if recording.report.verdict == Verdict::Wrong { Outcome::Bad } else { Outcome::Fine })
}

/// Runs a model.
fn record(
    args: &ProfileArgs,
    cli: &Cli,
    workbench: &Workbench,
    model: &Path,
) -> Result<Recording, Error> {
    let board = workbench.board(args.board.as_deref().unwrap_or(DEFAULT_BOARD))?;
    super::terms(&args.terms).check(board)?;
    let recipe = super::recipe(&args.recipe)?;
    let model = super::model(model, &recipe, &args.inputs, cli.quiet)?;
    let samples = super::samples(&args.inputs, &model)?;
    let progress = Progress::spinner(cli.quiet);
    let evaluation =
        workbench.evaluate(&model, board, &recipe, &samples, &|stage| progress.stage(stage))?;
    Recording::of(evaluation)
}

fn text(report: &ProfileReport, top: usize) -> String {
    let mut text = head(report);
    let mut add = |part: String| text.push_str(&part);
    add(operators(&report.operators));
    add(format!("\n{}", functions(&report.functions, top)));
    add(format!("\n{}", classes(&report.classes, top)));
    add(LEGEND.to_string());
    if !report.loops.is_empty() {
        add("\nhot loops\n".to_string());
        report.loops.iter().for_each(|one| add(hot_loop(one)));
    }
    if !report.lines.is_empty() {
        add(format!("\nhot lines\n{}", lines(&report.lines)));
    }
    for caveat in &report.cost.caveats {
        add(format!("\nnote: {caveat}\n"));
    }
    text
}

const LEGEND: &str = "
Percent of all cycles: issuing instructions; waiting for results of earlier ones (depend), for the
pipeline to refill behind branches (branch), for code (fetch) and data (data) from slow memory.
";

fn head(report: &ProfileReport) -> String {
    let cost = &report.cost;
    let clock = cost.clock_hz.map_or(String::new(), |hz| format!(" at {} MHz", megahertz(hz)));
    let mut text = format!(
        "{} on {} ({}{clock}); emulated on {}\n",
        report.model.name, report.board, report.core, report.emulated_on
    );
    if let (Some(latency), Some(cycles)) = (&cost.latency_ms, &cost.cycles) {
        writeln!(
            text,
            "{} cycles, {} ms, {} (estimated); {} instructions (exact)\n",
            number(cycles.value.round() as u64),
            significant(latency.value),
            ends(latency),
            number(report.instructions)
        )
        .expect("writing to a string cannot fail");
    }
    text
}

/// Columns that all parts of the code have.
const SPENT: [(&str, Align); 8] = [
    ("instructions", Align::Right),
    ("cycles", Align::Right),
    ("%", Align::Right),
    ("issue", Align::Right),
    ("depend", Align::Right),
    ("branch", Align::Right),
    ("fetch", Align::Right),
    ("data", Align::Right),
];

fn spent(spent: &Spent) -> Vec<String> {
    let causes = &spent.cycle_causes;
    // Parts of the whole, as the share is, so that they add up to it.
    let part = |cycles: f64| hundredths(spent.share * cycles / spent.cycles.max(1.0));
    vec![
        number(spent.instructions),
        number(spent.cycles.round() as u64),
        hundredths(spent.share),
        part(causes.issue),
        part(causes.dependency),
        part(causes.branch),
        part(causes.fetch),
        part(causes.data),
    ]
}

/// A part in percent, without the sign.
fn hundredths(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn per_cycle(macs: Option<f64>) -> String {
    macs.map_or("-".into(), |macs| format!("{macs:.3}"))
}

fn operators(operators: &[OperatorProfile]) -> String {
    let own = [("layer", Align::Left), ("operator", Align::Left), ("MAC/cycle", Align::Right)];
    let row = |operator: &OperatorProfile| {
        let name = shorten(&operator.name, 22);
        let mut row = vec![name, operator.kind.clone(), per_cycle(operator.macs_per_cycle)];
        row.extend(spent(&operator.spent));
        row
    };
    table(&[&own, &SPENT[..]].concat(), operators.iter().map(row))
}

fn functions(functions: &[FunctionProfile], top: usize) -> String {
    let columns = [&[("function", Align::Left), ("MAC/cycle", Align::Right)], &SPENT[..]].concat();
    let row = |function: &FunctionProfile| {
        let mut row = vec![shorten(&function.name, 40), per_cycle(function.macs_per_cycle)];
        row.extend(spent(&function.spent));
        row
    };
    table(&columns, functions.iter().take(top).map(row))
}

fn classes(classes: &[ClassProfile], top: usize) -> String {
    let columns = [&[("class", Align::Left)], &SPENT[..]].concat();
    let row = |class: &ClassProfile| {
        let mut row = vec![class.class.clone()];
        row.extend(spent(&class.spent));
        row
    };
    table(&columns, classes.iter().take(top).map(row))
}

/// Most classes of instructions that are listed for a loop.
const CLASSES: usize = 6;

fn hot_loop(one: &LoopProfile) -> String {
    let place = match (&one.file, one.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        _ => format!("{:#x}", one.address),
    };
    let passes = one.passes.max(1) as f64;
    let share = |mix: &Mix| format!("{} {:.0} %", mix.class, 100.0 * mix.share);
    let mix: Vec<_> = one.mix.iter().take(CLASSES).map(share).collect();
    let text = one
        .text
        .as_ref()
        .map_or(String::new(), |text| format!("\n          {}", shorten(text, 100)));
    format!(
        "{:>7}  {place} in {}: {} passes of {:.1} cycles and {:.1} instructions{text}\n          {}\n",
        percent(one.spent.share),
        shorten(&one.function, 40),
        number(one.passes),
        one.spent.cycles / passes,
        one.spent.instructions as f64 / passes,
        mix.join(", ")
    )
}

fn lines(lines: &[LineProfile]) -> String {
    let columns = [
        ("share", Align::Right),
        ("cycles", Align::Right),
        ("line", Align::Left),
        ("", Align::Left),
    ];
    let row = |line: &LineProfile| {
        vec![
            percent(line.spent.share),
            number(line.spent.cycles.round() as u64),
            format!("{}:{}", line.file, line.line),
            shorten(line.text.as_deref().unwrap_or_default(), 64),
        ]
    };
    table(&columns, lines.iter().map(row))
}
