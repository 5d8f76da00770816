//! The table of many boards.

use super::super::Outcome;
use super::report::lacking;
use crate::cli::{Cli, RunArgs, SortKey};
use crate::output;
use crate::progress::Progress;
use crate::quantity::{duration, ends, energy, megahertz, power, significant};
use crate::table::{Align, number, shorten, table};
use smidgen_study::cost::{EnergyReport, FitReport, Room};
use smidgen_study::report::Verdict;
use smidgen_study::{Error, LeftOut, Survey, SurveyRow, Terms, VariantReport, Workbench, variants};
use smidgen_target::Board;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn run(
    args: &RunArgs,
    cli: &Cli,
    workbench: &Workbench,
    boards: &[&Board],
    terms: &Terms,
) -> Result<Outcome, Error> {
    if let Some(option) = single_only(args) {
        let problem = format!("`{option}` needs a single board, without `--csv` and `--sort`");
        return Err(Error::Usage(problem));
    }
    let recipe = super::super::recipe(&args.recipe)?;
    let model = super::super::model(&args.model, &recipe, &args.inputs, cli.quiet)?;
    let samples = super::super::samples(&args.inputs, &model)?;
    let (variants, left_out) = variants(workbench, boards.iter().copied());
    let nothing_runs = variants.is_empty();
    let progress = Progress::bar(variants.len(), cli.quiet);
    progress.message("emulating");
    let mut survey = workbench.survey(&model, &variants, &recipe, &samples, terms, &|variant| {
        progress.message(variant.stand_in.name.clone());
        progress.advance();
    })?;
    drop(progress);
    survey.left_out.extend(left_out);
    survey.left_out.sort_by(|a, b| a.board.cmp(&b.board));
    sort(&mut survey.boards, args.table.sort.unwrap_or(SortKey::Latency));
    if cli.json {
        output::json(&survey);
    } else if args.table.csv {
        output::raw(&csv(&survey));
    } else {
        output::text(&text(&survey));
    }
    if nothing_runs {
        return Ok(Outcome::Lacking);
    }
    let wrong = |variant: &VariantReport| variant.verdict == Verdict::Wrong;
    let fits = survey.boards.iter().any(|row| row.fit.fits);
    let bad = !fits || survey.variants.iter().any(wrong);
    Ok(if bad { Outcome::Bad } else { Outcome::Fine })
}

/// An option that makes no sense for several boards.
fn single_only(args: &RunArgs) -> Option<&'static str> {
    let given = [("--output", args.output.is_some()), ("--keep", args.keep.is_some())];
    given.iter().find(|(_, given)| *given).map(|(option, _)| *option)
}

/// Sorts by a figure, what is unknown last, then by name.
fn sort(rows: &mut [SurveyRow], key: SortKey) {
    let known = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    rows.sort_by(|a, b| {
        let order = match key {
            SortKey::Latency => known(a.latency_ms(), b.latency_ms()),
            SortKey::Energy => known(a.sourced_microjoules(), b.sourced_microjoules()),
            SortKey::Price => known(a.price_usd, b.price_usd),
            SortKey::Ram => a.fit.ram.available.cmp(&b.fit.ram.available),
            SortKey::Flash => a.fit.flash.available.cmp(&b.fit.flash.available),
            SortKey::Name => Ordering::Equal,
        };
        order.then_with(|| a.board.cmp(&b.board))
    });
}

fn text(survey: &Survey) -> String {
    let mut text = String::new();
    let mut add = |part: &str| text.push_str(part);
    let all = survey.boards.len() + survey.left_out.len();
    let boards = if all == 1 { "board" } else { "boards" };
    add(&format!(
        "{} on {all} {boards}; {} MACs, {} parameters\n",
        survey.model.name,
        number(survey.model.macs),
        number(survey.model.parameters)
    ));
    let (fitting, others): (Vec<_>, Vec<_>) = survey.boards.iter().partition(|row| row.fit.fits);
    if !fitting.is_empty() {
        add("\n");
        add(&fitting_table(&fitting));
        add(LEGEND);
    }
    if !others.is_empty() {
        add("\ndoes not fit\n");
        add(&others_table(&others));
    }
    if !survey.left_out.is_empty() {
        add("\nnot estimated\n");
        add(&left_out_table(&survey.left_out));
    }
    if !survey.variants.is_empty() {
        add("\nemulated\n");
        add(&variant_table(survey));
    }
    let doubtful = |row: &&SurveyRow| {
        let energy = row.microjoules().is_some() && row.sourced_microjoules().is_none();
        row.fit.fits && (energy || row.price_usd.is_some() && !row.price_verified)
    };
    let doubtful = survey.boards.iter().filter(doubtful).count();
    if doubtful > 0 {
        writeln!(text, "\n{UNVERIFIED} ({doubtful} of the boards)")
            .expect("writing to a string cannot fail");
    }
    let uncalibrated = survey.boards.iter().filter(|row| !row.is_calibrated()).count();
    if uncalibrated > 0 {
        writeln!(text, "\n{UNCALIBRATED} ({uncalibrated} of the boards)")
            .expect("writing to a string cannot fail");
    }
    text + &caveats(&survey.boards)
}

/// Most boards that are named with a caveat; more are counted.
const MOST_NAMED: usize = 3;

/// What the estimates take for granted, with the boards that it is about.
fn caveats(rows: &[SurveyRow]) -> String {
    let mut boards: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        for caveat in &row.cost.caveats {
            boards.entry(caveat).or_default().push(&row.board);
        }
    }
    let line = |(caveat, boards): (&str, Vec<&str>)| match boards.len() {
        0..=MOST_NAMED => format!("\nnote: {caveat} ({})", boards.join(", ")),
        count => format!("\nnote: {caveat} ({count} of the boards)"),
    };
    let lines: String = boards.into_iter().map(line).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}

const LEGEND: &str = "
Latency, band, energy and power are estimated; RAM and flash are KiB needed / KiB on the board.
* no board beats it in latency, energy and price together; unknown figures count as the worst
";

const UNVERIFIED: &str = "\
energy and price with ?: remembered or inferred, not read in a source; such energies are not ranked";

const UNCALIBRATED: &str =
    "band with ?: no published measurements of the core stand behind the estimate, it is a guess";

fn fitting_table(rows: &[&SurveyRow]) -> String {
    let mut columns = vec![
        ("", Align::Left),
        ("board", Align::Left),
        ("core", Align::Left),
        ("MHz", Align::Right),
        ("RAM", Align::Right),
        ("flash", Align::Right),
        ("ms", Align::Right),
        ("band", Align::Left),
        ("energy", Align::Right),
        ("price", Align::Right),
    ];
    // They are there for all boards or for none.
    let duties = || rows.iter().filter_map(|row| row.cost.duty.as_ref());
    if duties().next().is_some() {
        columns.push(("average", Align::Right));
    }
    let has_battery = duties().any(|duty| duty.battery_hours.is_some());
    if has_battery {
        columns.push(("battery", Align::Right));
    }
    let unknown = || "-".to_string();
    let row = |row: &&SurveyRow| {
        let cost = &row.cost;
        let doubt = if row.is_calibrated() { "" } else { " ?" };
        let mut cells = vec![
            if row.optimal { "*" } else { "" }.to_string(),
            shorten(&row.board, 26),
            shorten(&row.core, 16),
            cost.clock_hz.map_or_else(unknown, megahertz),
            room(&row.fit.ram),
            room(&row.fit.flash),
            row.latency_ms().map_or_else(unknown, significant),
            cost.latency_ms.as_ref().map_or_else(unknown, |ms| format!("{}{doubt}", ends(ms))),
            cost.energy.as_ref().map_or_else(unknown, joules),
            row.price_usd.map_or_else(unknown, |usd| dollars(usd, row.price_verified)),
        ];
        if let Some(duty) = &cost.duty {
            let average = duty.average_uw.map_or_else(unknown, power);
            cells.push(if duty.keeps_up { average } else { "too slow".to_string() });
            let hours = duty.battery_hours.map(|hours| duration(hours * 3600.0));
            cells.extend(has_battery.then(|| hours.unwrap_or_else(unknown)));
        }
        cells
    };
    table(&columns, rows.iter().map(row))
}

/// An energy; what rests on a source that was not read is marked.
fn joules(report: &EnergyReport) -> String {
    let doubt = if report.verified { "" } else { " ?" };
    format!("{}{doubt}", energy(report.microjoules.value))
}

/// A price; a remembered one is marked.
fn dollars(usd: f64, verified: bool) -> String {
    let doubt = if verified { "" } else { " ?" };
    format!("${usd:.0}{doubt}")
}

/// What is needed and what there is, in KiB.
fn room(room: &Room) -> String {
    format!("{} / {}", number(room.needed.div_ceil(1024)), number(room.available / 1024))
}

fn others_table(rows: &[&SurveyRow]) -> String {
    let columns = [
        ("", Align::Left),
        ("board", Align::Left),
        ("core", Align::Left),
        ("RAM", Align::Right),
        ("flash", Align::Right),
        ("", Align::Left),
    ];
    let row = |row: &&SurveyRow| {
        let FitReport { ram, flash, .. } = &row.fit;
        let (board, core) = (shorten(&row.board, 26), shorten(&row.core, 16));
        vec![String::new(), board, core, room(ram), room(flash), lacking(&row.fit)]
    };
    table(&columns, rows.iter().map(row))
}

fn left_out_table(left_out: &[LeftOut]) -> String {
    let columns =
        [("", Align::Left), ("board", Align::Left), ("core", Align::Left), ("reason", Align::Left)];
    let row = |LeftOut { board, core, reason }: &LeftOut| {
        let reason = reason.lines().next().unwrap_or_default();
        vec![String::new(), shorten(board, 26), shorten(core, 16), shorten(reason, 72)]
    };
    table(&columns, left_out.iter().map(row))
}

fn variant_table(survey: &Survey) -> String {
    let columns = [
        ("", Align::Left),
        ("on", Align::Left),
        ("for", Align::Left),
        ("boards", Align::Right),
        ("verdict", Align::Left),
        ("instructions", Align::Right),
        ("RAM", Align::Right),
        ("flash", Align::Right),
    ];
    let row = |(index, variant): (usize, &VariantReport)| {
        let boards = survey.boards.iter().filter(|row| row.variant == index).count();
        vec![
            String::new(),
            variant.emulated_on.clone(),
            shorten(&variant.cores.join(", "), 48),
            boards.to_string(),
            variant.verdict.word().to_string(),
            variant.instructions.map_or("-".to_string(), number),
            variant.ram_bytes.total.map_or("-".to_string(), number),
            variant.flash_bytes.map_or("-".to_string(), |flash| number(flash.total)),
        ]
    };
    table(&columns, survey.variants.iter().enumerate().map(row))
}

/// Columns of the CSV, one line per board.
const COLUMNS: [&str; 23] = [
    "board",
    "chip",
    "core",
    "emulated_on",
    "verdict",
    "fits",
    "ram_needed",
    "ram_available",
    "flash_needed",
    "flash_available",
    "clock_hz",
    "instructions",
    "cycles",
    "latency_ms",
    "latency_ms_low",
    "latency_ms_high",
    "calibrated",
    "microjoules",
    "average_uw",
    "battery_hours",
    "price_usd",
    "optimal",
    "failure",
];

fn csv(survey: &Survey) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |record: Vec<String>| {
        writer.write_record(record).expect("writing to memory cannot fail");
    };
    write(COLUMNS.map(String::from).to_vec());
    for row in &survey.boards {
        write(record(row, &survey.variants[row.variant]));
    }
    for LeftOut { board, core, reason } in &survey.left_out {
        let mut record = vec![String::new(); COLUMNS.len()];
        (record[0], record[2]) = (board.clone(), core.clone());
        record[COLUMNS.len() - 1].clone_from(reason);
        write(record);
    }
    let bytes = writer.into_inner().expect("writing to memory cannot fail");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn record(row: &SurveyRow, variant: &VariantReport) -> Vec<String> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or(String::new(), |value| value.to_string())
    }
    let (cost, fit) = (&row.cost, &row.fit);
    let latency = cost.latency_ms.as_ref();
    let duty = cost.duty.as_ref();
    vec![
        row.board.clone(),
        row.chip.clone(),
        row.core.clone(),
        variant.emulated_on.clone(),
        variant.verdict.word().to_ascii_lowercase(),
        fit.fits.to_string(),
        fit.ram.needed.to_string(),
        fit.ram.available.to_string(),
        fit.flash.needed.to_string(),
        fit.flash.available.to_string(),
        text(cost.clock_hz),
        text(variant.instructions),
        text(cost.cycles.as_ref().map(|cycles| cycles.value.round())),
        text(latency.map(|latency| latency.value)),
        text(latency.map(|latency| latency.low)),
        text(latency.map(|latency| latency.high)),
        text(cost.band.as_ref().map(|band| band.calibrated)),
        text(row.microjoules()),
        text(duty.and_then(|duty| duty.average_uw)),
        text(duty.and_then(|duty| duty.battery_hours)),
        text(row.price_usd),
        row.optimal.to_string(),
        String::new(),
    ]
}
