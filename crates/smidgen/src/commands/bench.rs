//! `smidgen bench`: many models on many boards.

use super::Outcome;
use crate::cli::{BenchArgs, Cli};
use crate::output;
use crate::progress::Progress;
use crate::quantity::{energy, significant};
use crate::table::{Align, number, table};
use rayon::prelude::*;
use serde::Serialize;
use smidgen_study::report::{FlashBytes, RunReport, Verdict};
use smidgen_study::{Error, Model, Recipe, Workbench};
use smidgen_target::Board;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One pair of model and board.
#[derive(Debug, Serialize)]
struct Row {
    /// File name of the model.
    model: String,
    /// Name of the board.
    board: String,
    /// Why the pair failed.
    failure: Option<String>,
    /// What was found.
    report: Option<RunReport>,
    /// Whether a failure is the environment's.
    #[serde(skip)]
    environment: bool,
}

pub(super) fn run(args: &BenchArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let workbench = super::workbench(cli)?;
    let mut boards: Vec<&Board> = Vec::new();
    for name in &args.board {
        if name == "all" {
            boards.extend(workbench.runnable_boards().filter(|board| board.name != "host"));
        } else {
            boards.push(workbench.board(name)?);
        }
    }
    let progress = Progress::bar(args.models.len() * boards.len(), cli.quiet);
    let row = |path: &Path, model: &Result<Model, Error>, board: &Board| {
        let result = match model {
            Ok(model) => evaluate(&workbench, model, board, &recipe, args),
            Err(_) => Ok(None),
        };
        progress.message(format!("{} on {}", path.display(), board.name));
        progress.advance();
        let error = result.as_ref().err().or(model.as_ref().err());
        Row {
            model: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            board: board.name.clone(),
            failure: error.map(ToString::to_string),
            environment: error.is_some_and(|error| !error.blames_model()),
            report: result.ok().flatten(),
        }
    };
    let rows_of = |path: &PathBuf| {
        let model = super::model(path, &recipe, &args.inputs, true);
        let rows = boards.par_iter().map(|&board| row(path, &model, board));
        rows.collect::<Vec<Row>>()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.map_or(0, usize::from));
    let pool = pool.build().map_err(|e| Error::Usage(format!("cannot start threads: {e}")))?;
    let rows: Vec<Row> = pool.install(|| args.models.par_iter().flat_map(rows_of).collect());
    drop(progress);
    if cli.json {
        output::json(&serde_json::json!({ "schema": "smidgen.bench/1", "rows": rows }));
    } else if args.csv {
        output::raw(&csv(&rows));
    } else {
        output::text(&text(&rows));
    }
    let wrong =
        |row: &Row| row.report.as_ref().is_none_or(|report| report.verdict == Verdict::Wrong);
    Ok(match () {
        () if rows.iter().any(|row| row.environment) => Outcome::Lacking,
        () if rows.iter().any(wrong) => Outcome::Bad,
        () => Outcome::Fine,
    })
}

fn evaluate(
    workbench: &Workbench,
    model: &Model,
    board: &Board,
    recipe: &Recipe,
    args: &BenchArgs,
) -> Result<Option<RunReport>, Error> {
    let samples = super::samples(&args.inputs, model)?;
    Ok(Some(workbench.evaluate(model, board, recipe, &samples, &|_| {})?.report))
}

const COLUMNS: [(&str, Align); 11] = [
    ("model", Align::Left),
    ("board", Align::Left),
    ("verdict", Align::Left),
    ("MACs", Align::Right),
    ("instructions", Align::Right),
    ("per MAC", Align::Right),
    ("cycles", Align::Right),
    ("ms", Align::Right),
    ("energy", Align::Right),
    ("RAM", Align::Right),
    ("flash", Align::Right),
];

fn text(rows: &[Row]) -> String {
    let cells = |row: &Row| {
        let mut cells = vec![row.model.clone(), row.board.clone()];
        match &row.report {
            Some(report) => cells.extend([
                report.verdict.word().to_string(),
                number(report.model.macs),
                report.instructions.map_or("-".into(), number),
                report.instructions.map_or("-".into(), |n| {
                    format!("{:.2}", n as f64 / report.model.macs.max(1) as f64)
                }),
                report.cost.cycles.as_ref().map_or("-".into(), |c| number(c.value.round() as u64)),
                report.cost.latency_ms.as_ref().map_or("-".into(), |ms| significant(ms.value)),
                report.cost.energy.as_ref().map_or("-".into(), |e| energy(e.microjoules.value)),
                report.ram_bytes.total.map_or("-".into(), number),
                report.flash_bytes.map_or("-".into(), |flash| number(flash.total)),
            ]),
            None => cells.push("failed".into()),
        }
        cells
    };
    let mut text = table(&COLUMNS, rows.iter().map(cells));
    for row in rows {
        if let Some(failure) = &row.failure {
            writeln!(text, "\n{} on {}: {failure}", row.model, row.board)
                .expect("writing to a string cannot fail");
        }
    }
    text
}

fn csv(rows: &[Row]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "model",
        "board",
        "core",
        "verdict",
        "max_difference",
        "macs",
        "instructions",
        "clock_hz",
        "cycles",
        "latency_ms",
        "microjoules",
        "ram_arena",
        "ram_static",
        "ram_stack",
        "ram_total",
        "flash_weights",
        "flash_constants",
        "flash_code",
        "flash_total",
        "failure",
    ];
    let mut write = |record: Vec<String>| {
        writer.write_record(record).expect("writing to memory cannot fail");
    };
    write(header.map(String::from).to_vec());
    for row in rows {
        let mut record = vec![row.model.clone(), row.board.clone()];
        if let Some(report) = &row.report {
            let cost = &report.cost;
            let value = |value: Option<f64>| value.map_or(String::new(), |v| v.to_string());
            let (ram, flash) = (report.ram_bytes, report.flash_bytes);
            record.extend([
                report.core.clone(),
                report.verdict.word().to_ascii_lowercase(),
                report.max_difference.to_string(),
                report.model.macs.to_string(),
                report.instructions.map_or(String::new(), |n| n.to_string()),
                cost.clock_hz.map_or(String::new(), |hertz| hertz.to_string()),
                value(cost.cycles.as_ref().map(|cycles| cycles.value.round())),
                value(cost.latency_ms.as_ref().map(|latency| latency.value)),
                value(cost.energy.as_ref().map(|energy| energy.microjoules.value)),
            ]);
            let flash = |part: fn(&FlashBytes) -> u64| flash.as_ref().map(part);
            let sizes = [Some(ram.arena), ram.statics, ram.stack, ram.total].into_iter().chain([
                flash(|flash| flash.weights),
                flash(|flash| flash.constants),
                flash(|flash| flash.code),
                flash(|flash| flash.total),
            ]);
            record.extend(sizes.map(|bytes| bytes.map_or(String::new(), |n| n.to_string())));
        } else {
            record.extend(std::iter::repeat_n(String::new(), header.len() - 3));
        }
        record.push(row.failure.clone().unwrap_or_default());
        write(record);
    }
    let bytes = writer.into_inner().expect("writing to memory cannot fail");
    String::from_utf8_lossy(&bytes).into_owned()
}
