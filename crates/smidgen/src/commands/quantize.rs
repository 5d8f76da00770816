//! `smidgen quantize`: a float model as an integer one.

use super::Outcome;
use crate::cli::{Cli, MixArgs, QuantizeArgs};
use crate::output;
use crate::progress::Progress;
use crate::quantity::significant;
use crate::table::{Align, number, shorten, table};
use smidgen_study::quantise::{
    self, Budget, Candidate, LayerLoss, Mix, QuantiseReport, QuantiseStage, Widened,
};
use smidgen_study::{Error, Model, Workbench, write_file};
use std::fmt::Write;

/// Layers that are listed where not all are asked for.
const LISTED: usize = 5;

pub(super) fn run(args: &QuantizeArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let model = Model::load(&args.model, &recipe)?;
    let workbench = super::workbench(cli)?;
    let mix = mix(&args.mix, &workbench)?;
    let progress = Progress::spinner(cli.quiet);
    let show = |stage| show(&progress, stage);
    let made = quantise::quantise(&model, &args.spec(), mix.as_ref(), &recipe, &show)?;
    drop(progress);
    write_file(&made.file, &args.output)?;
    if cli.json {
        output::json(&made.report);
        return Ok(Outcome::Fine);
    }
    for note in &made.report.notes {
        output::note(&format!("note: {note}"));
    }
    output::text(&text(&made.report, args));
    Ok(Outcome::Fine)
}

/// The mix of precisions that options describe.
fn mix<'a>(args: &MixArgs, workbench: &'a Workbench) -> Result<Option<Mix<'a>>, Error> {
    if !args.mixed {
        return Ok(None);
    }
    let (ram_bytes, latency_ms) = (args.max_ram, args.max_latency.map(|seconds| seconds * 1e3));
    let is_limited = ram_bytes.is_some() || latency_ms.is_some();
    if !is_limited && args.enough.is_none() {
        let text = "`--mixed` needs a limit: `--max-ram`, `--max-latency` or `--enough`";
        return Err(Error::Usage(text.into()));
    }
    let board = workbench.board(&args.board)?;
    let budget = is_limited.then_some(Budget { workbench, board, ram_bytes, latency_ms });
    Ok(Some(Mix { enough_db: args.enough, budget }))
}

/// Says what is being done.
pub(super) fn show(progress: &Progress, stage: QuantiseStage) {
    progress.message(match stage {
        QuantiseStage::Observe(done, all) => format!("observing samples, {done} of {all} done"),
        QuantiseStage::Compare(done) => format!("comparing ways to quantise, {done} done"),
        QuantiseStage::Weigh(done) => format!("weighing layers, {done} done"),
    });
}

fn text(report: &QuantiseReport, args: &QuantizeArgs) -> String {
    let data = args.data.display();
    let mut text = format!(
        "{}: float32 to {}, ranges from {} samples of {data}\n\n{}\n",
        report.model.name,
        dtype(report),
        number(report.samples as u64),
        candidates(&report.candidates)
    );
    if args.mix.mixed {
        text.push_str("Layers that got 16 bits, in this order:\n");
        text.push_str(&widened(&report.widened));
        text.push('\n');
    }
    let mut worst: Vec<&LayerLoss> = report.layers.iter().collect();
    if args.layers {
        text.push_str("What each layer lost:\n");
    } else {
        worst.sort_by(|a, b| a.own_sqnr_db.total_cmp(&b.own_sqnr_db));
        worst.truncate(LISTED);
        text.push_str("Layers that lose most by themselves (all with --layers):\n");
    }
    text.push_str(&losses(&worst));
    if !report.left_real.is_empty() {
        text.push_str("\nLayers that stay float32:\n");
        for layer in &report.left_real {
            let reason = &layer.reason;
            writeln!(text, "  {} `{}`: {reason}", layer.kind, shorten(&layer.name, 40))
                .expect("texts take all");
        }
    }
    let [before, after] = report.constant_bytes.map(|bytes| number(bytes as u64));
    let (bytes, path) = (number(report.file_bytes as u64), args.output.display());
    writeln!(text, "\nweights {before} -> {after} bytes; wrote {bytes} bytes to {path}")
        .expect("texts take all");
    text
}

fn dtype(report: &QuantiseReport) -> &'static str {
    match report.precision {
        quantise::Precision::Int16 => "int16, weights int8",
        _ => "int8",
    }
}

fn candidates(candidates: &[Candidate]) -> String {
    let columns = [
        ("ranges", Align::Left),
        ("biases", Align::Left),
        ("channels", Align::Left),
        ("SQNR of the outputs", Align::Right),
        ("", Align::Left),
    ];
    let rows = candidates.iter().map(|candidate| {
        let choice = |is: bool, word: &str| if is { word } else { "as they are" }.to_string();
        let mark = if candidate.written { "<- written" } else { "" };
        vec![
            candidate.method.clone(),
            choice(candidate.bias_correction, "corrected"),
            choice(candidate.equalised, "equalised"),
            decibels(candidate.sqnr_db),
            mark.to_string(),
        ]
    });
    table(&columns, rows)
}

fn widened(layers: &[Widened]) -> String {
    if layers.is_empty() {
        return "  none: no layer gains by them within the limits\n".into();
    }
    let columns = [
        ("layer", Align::Left),
        ("operator", Align::Left),
        ("SQNR of the outputs", Align::Right),
        ("RAM", Align::Right),
        ("latency", Align::Right),
    ];
    let rows = layers.iter().map(|layer| {
        vec![
            shorten(&layer.name, 40),
            layer.kind.clone(),
            decibels(layer.sqnr_db),
            layer.ram_bytes.map_or(String::new(), number),
            layer.latency_ms.map_or(String::new(), |time| format!("{} ms", significant(time))),
        ]
    });
    table(&columns, rows)
}

fn losses(layers: &[&LayerLoss]) -> String {
    let columns = [
        ("layer", Align::Left),
        ("operator", Align::Left),
        ("type", Align::Left),
        ("own SQNR", Align::Right),
        ("SQNR up to here", Align::Right),
    ];
    let rows = layers.iter().map(|layer| {
        vec![
            shorten(&layer.name, 40),
            layer.kind.clone(),
            layer.dtype.to_string(),
            decibels(layer.own_sqnr_db),
            decibels(layer.sqnr_db),
        ]
    });
    table(&columns, rows)
}

fn decibels(ratio: f64) -> String {
    if ratio >= 200.0 { "exact".into() } else { format!("{ratio:.1} dB") }
}
