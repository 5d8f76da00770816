//! The comparison as people read it.

use crate::quantity::significant;
use crate::table::{Align, number, shorten, table};
use smidgen_study::accuracy::{AccuracyReport, Metric, ModelAccuracy, Task};
use smidgen_study::report::{RunReport, Verdict};
use std::fmt::Write;

/// Most classes of a confusion matrix that fits a page.
const MOST_CLASSES: usize = 40;
/// Pairs of classes that are confused most often.
const PAIRS: usize = 3;

/// All that is shown.
pub(super) fn text(report: &AccuracyReport, confusion: bool) -> String {
    let mut text = head(report);
    text.push('\n');
    text.push_str(&models(report));
    if report.task == Task::Classification {
        text.push('\n');
    }
    for model in &report.models {
        if let Some(line) = confused(report, model) {
            line_to(&mut text, &line);
        }
    }
    if confusion {
        for model in report.models.iter().filter(|model| model.confusion.is_some()) {
            line_to(&mut text, &format!("\n{}", model.name));
            text.push_str(&classes(model));
            text.push_str(&matrix(report, model));
        }
    }
    text.push_str(&targets(report));
    for goal in &report.goals {
        let (words, bound) = match (goal.at_least, goal.at_most) {
            (Some(least), _) => ("at least", least),
            (_, most) => ("at most", most.unwrap_or(f64::NAN)),
        };
        let verdict = if goal.met { "met" } else { "MISSED" };
        let value = goal.value.map_or("-".into(), |value| value.to_string());
        let line = format!(
            "{verdict}: {} of {} is {value}, {words} {bound} is asked for",
            goal.metric, goal.model
        );
        line_to(&mut text, &line);
    }
    text
}

fn line_to(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

fn head(report: &AccuracyReport) -> String {
    let threshold = report.threshold.map_or(String::new(), |threshold| {
        format!("; above {threshold} it means the second class")
    });
    format!(
        "{}: {} samples; {} ({}), output `{}`{threshold}\n",
        report.data,
        number(report.samples as u64),
        report.task.name(),
        report.basis,
        report.output
    )
}

/// A row for each model.
fn models(report: &AccuracyReport) -> String {
    let mut columns = vec![("model", Align::Left)];
    columns.extend(report.metrics.iter().map(|metric| (metric.as_str(), Align::Right)));
    let runs: Vec<Option<&RunReport>> = report
        .models
        .iter()
        .map(|model| model.target.as_ref().and_then(|target| target.run.as_deref()))
        .collect();
    let on_board = runs.iter().any(Option::is_some);
    if on_board {
        columns.extend([("flash", Align::Right), ("RAM", Align::Right), ("ms", Align::Right)]);
    }
    let row = |(model, run): (&ModelAccuracy, Option<&RunReport>)| {
        let mut cells = vec![shorten(&model.name, 40)];
        cells.extend(report.metrics.iter().map(|metric| value(report, model, metric)));
        if on_board {
            let flash = run.and_then(|run| run.flash_bytes).map(|flash| number(flash.total));
            let ram = run.and_then(|run| run.ram_bytes.total).map(number);
            let latency = run.and_then(|run| run.cost.latency_ms.as_ref());
            let latency = latency.map(|ms| significant(ms.value));
            cells.extend([flash, ram, latency].map(|cell| cell.unwrap_or("-".into())));
        }
        cells
    };
    table(&columns, report.models.iter().zip(runs).map(row))
}

/// A metric, and how far it is from the first model's.
fn value(report: &AccuracyReport, model: &ModelAccuracy, name: &str) -> String {
    let of = |model: &ModelAccuracy| model.values.get(name).copied().flatten();
    let Some(own) = of(model) else { return "-".into() };
    let Ok(metric) = name.parse::<Metric>() else { return own.to_string() };
    let first = report.models.first().and_then(of).filter(|_| !metric.is_relative());
    match metric {
        Metric::Sqnr if own == f64::INFINITY => "equal".into(),
        Metric::Sqnr => format!("{own:.1} dB"),
        metric if metric.is_share() => {
            let own_text = format!("{:.2} %", 100.0 * own);
            match first.filter(|_| !std::ptr::eq(model, &raw const report.models[0])) {
                Some(first) => {
                    // Without the sign of a zero.
                    let difference = (1e4 * (own - first)).round() / 100.0 + 0.0;
                    format!("{own_text} ({difference:+.2})")
                }
                None => own_text,
            }
        }
        Metric::Drop if report.task != Task::Regression => format!("{:.2} %", 100.0 * own),
        _ => significant(own),
    }
}

fn class_name(report: &AccuracyReport, class: usize) -> String {
    report.class_names.get(class).map_or(class.to_string(), |name| shorten(name, 20))
}

/// What a model mixes up most often, in one line.
fn confused(report: &AccuracyReport, model: &ModelAccuracy) -> Option<String> {
    let rows = model.confusion.as_ref()?;
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (label, row) in rows.iter().enumerate() {
        let wrong = row.iter().enumerate().filter(|&(class, &count)| class != label && count > 0);
        pairs.extend(wrong.map(|(class, &count)| (count, label, class)));
    }
    pairs.sort_by_key(|&(count, label, class)| (usize::MAX - count, label, class));
    let all: usize = pairs.iter().map(|pair| pair.0).sum();
    if all == 0 {
        return Some(format!("{}: no sample is taken for another class", model.name));
    }
    let name = |class| class_name(report, class);
    let shown = pairs.iter().take(PAIRS).map(|&(count, label, class)| {
        format!("{} for {} ({})", name(label), name(class), number(count as u64))
    });
    let shown: Vec<_> = shown.collect();
    let errors = if all == 1 { "1 error".into() } else { format!("{} errors", number(all as u64)) };
    Some(format!("{}: {errors}, most often {}", model.name, shown.join(", ")))
}

/// Precision, recall and F1 by class.
fn classes(model: &ModelAccuracy) -> String {
    let columns = [
        ("class", Align::Left),
        ("samples", Align::Right),
        ("precision", Align::Right),
        ("recall", Align::Right),
        ("F1", Align::Right),
    ];
    let share = |value: Option<f64>| value.map_or("-".into(), |x| format!("{:.2} %", 100.0 * x));
    let rows = model.classes.iter().enumerate().map(|(index, class)| {
        vec![
            class.name.as_ref().map_or(index.to_string(), |name| shorten(name, 20)),
            number(class.samples as u64),
            share(class.precision),
            share(class.recall),
            share(class.f1),
        ]
    });
    table(&columns, rows)
}

/// Rows are labels, columns predictions.
fn matrix(report: &AccuracyReport, model: &ModelAccuracy) -> String {
    let rows = model.confusion.as_deref().unwrap_or_default();
    if rows.len() > MOST_CLASSES {
        return format!("a matrix of {} classes is in `--json` alone\n", number(rows.len() as u64));
    }
    let names: Vec<String> = (0..rows.len()).map(|class| class_name(report, class)).collect();
    let mut columns = vec![("label \\ prediction", Align::Left)];
    columns.extend(names.iter().map(|name| (name.as_str(), Align::Right)));
    let row = |(name, counts): (&String, &Vec<usize>)| {
        let count = |&count: &usize| if count == 0 { "·".into() } else { number(count as u64) };
        std::iter::once(name.clone()).chain(counts.iter().map(count)).collect()
    };
    format!("\n{}", table(&columns, names.iter().zip(rows).map(row)))
}

/// What the board says.
fn targets(report: &AccuracyReport) -> String {
    let mut text = String::new();
    for model in &report.models {
        let Some(target) = &model.target else { continue };
        let samples = target.samples.len();
        let s = if samples == 1 { "" } else { "s" };
        let line = match &target.run {
            None => {
                let why = target.failure.as_deref().unwrap_or_default();
                format!("{}: FAILED on the board: {why}", model.name)
            }
            Some(run) if run.verdict == Verdict::Wrong => format!(
                "{}: WRONG: the board's outputs are not the reference's ({}, {samples} sample{s})",
                model.name, run.board
            ),
            Some(run) if run.fit.is_some_and(|fit| !fit.fits) => {
                format!("{}: does NOT FIT on {}", model.name, run.board)
            }
            Some(run) => {
                let emulated = run.emulated_on.as_ref().unwrap_or(&run.board);
                let verdict = match target.verdict {
                    Verdict::Exact => "the same bits as on this computer",
                    Verdict::Within => "within 1e-5 of this computer's",
                    Verdict::Wrong => "WRONG: not what this computer gives",
                };
                format!("{}: {samples} sample{s} on {emulated}: {verdict}", model.name)
            }
        };
        line_to(&mut text, &line);
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}
