//! The report of one board for people.

use crate::quantity::{duration, ends, energy, megahertz, power, significant};
use crate::table::{Align, number, shorten, table};
use smidgen_study::cost::{CostReport, Cycles, DutyReport, EnergyReport, FitReport};
use smidgen_study::report::{OperatorReport, RunReport, Verdict};
use std::fmt::Write;

/// Width of the labels.
const LABEL: usize = 13;

/// Columns of text beside labels.
const WIDTH: usize = 96;

/// Lines of a label and its text.
struct Lines(String);

impl Lines {
    /// Adds a text, broken between words where it is long.
    fn add(&mut self, label: &str, text: impl AsRef<str>) {
        let (mut label, mut line) = (label, String::new());
        for word in text.as_ref().split(' ') {
            if line.chars().count() + word.chars().count() >= WIDTH {
                self.line(std::mem::take(&mut label), &std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(label, &line);
    }

    fn line(&mut self, label: &str, text: &str) {
        writeln!(self.0, "{label:LABEL$} {text}").expect("writing to a string cannot fail");
    }
}

/// The report.
pub(super) fn text(report: &RunReport) -> String {
    let mut lines = Lines(head(report));
    lines.0.push_str(&operators(report));
    lines.0.push('\n');
    lines.add("verdict", verdict(report));
    cost(&mut lines, &report.cost, report.model.macs);
    if let Some(operator) = report.bottleneck.and_then(|index| report.operators.get(index)) {
        lines.add("bottleneck", bottleneck(operator, &report.cost));
    }
    power_lines(&mut lines, report);
    if let Some(instructions) = report.instructions {
        let per_mac = instructions as f64 / report.model.macs.max(1) as f64;
        let count = number(instructions);
        lines.add("instructions", format!("{count}, {per_mac:.2} per MAC (emulated, exact count)"));
    }
    memory(&mut lines, report);
    for caveat in &report.cost.caveats {
        lines.add("note", caveat);
    }
    lines.0
}

fn head(report: &RunReport) -> String {
    let clock =
        report.cost.clock_hz.map_or(String::new(), |hz| format!(" at {} MHz", megahertz(hz)));
    let place = report.emulated_on.as_ref().map_or(String::new(), |name| {
        format!("; emulated on {name}, estimated for {}", report.board)
    });
    format!(
        "{} on {} ({}{clock}){place}\n{} MACs, {} parameters; {}; {}\n\n",
        report.model.name,
        report.board,
        report.core,
        number(report.model.macs),
        number(report.model.parameters),
        report.toolchain,
        report.runner
    )
}

/// Time, cycles and stalls.
fn cost(lines: &mut Lines, cost: &CostReport, macs: u64) {
    let (Some(latency), Some(cycles)) = (&cost.latency_ms, &cost.cycles) else { return };
    let value = significant(latency.value);
    lines.add("latency", format!("{value} ms, band {} (estimated)", ends(latency)));
    if let Some(band) = &cost.band {
        lines.add("", format!("band from {}", band.basis));
    }
    let per_mac = if macs > 0 {
        format!(", {:.2} per MAC", cycles.value / macs as f64)
    } else {
        String::new()
    };
    lines.add("cycles", format!("{}{per_mac}", number(cycles.value.round() as u64)));
    if let Some(causes) = &cost.cycle_causes {
        lines.add("stalls", stalls(causes));
    }
}

/// Stalls as parts of all cycles.
pub(crate) fn stalls(causes: &Cycles) -> String {
    let total = causes.total().max(1.0);
    let percent = |cycles: f64| format!("{:.1} %", 100.0 * cycles / total);
    format!(
        "{} of the cycles: fetch {}, data {}, pipeline {}",
        percent(causes.stalls()),
        percent(causes.fetch),
        percent(causes.data),
        percent(causes.pipeline())
    )
}

fn bottleneck(operator: &OperatorReport, cost: &CostReport) -> String {
    let all = cost.cycles.as_ref().map_or(1.0, |cycles| cycles.value.max(1.0));
    let own = operator.cycles.as_ref().map_or(0.0, |cycles| cycles.value);
    let share = 100.0 * own / all;
    format!("{} {}, {share:.1} % of the cycles", operator.kind, shorten(&operator.name, 48))
}

fn power_lines(lines: &mut Lines, report: &RunReport) {
    let cost = &report.cost;
    match &cost.energy {
        Some(energy) => joules(lines, energy),
        // Emulated boards draw no power.
        None if report.emulated_on.is_some() => lines.add("energy", UNKNOWN_ENERGY),
        None => {}
    }
    if let Some(duty) = &cost.duty {
        lines.add("duty", duty_text(duty));
    }
}

const UNKNOWN_ENERGY: &str = "unknown: the catalogue has no sourced figure of this chip's power";

fn joules(lines: &mut Lines, report: &EnergyReport) {
    let EnergyReport { microjoules, active_mw, conditions, source, verified } = report;
    let unit = if microjoules.value < 1e3 { 1.0 } else { 1e3 };
    let scaled = |value: f64| significant(value / unit);
    lines.add(
        "energy",
        format!(
            "{}, band {}–{}, at {} (estimated)",
            energy(microjoules.value),
            scaled(microjoules.low),
            scaled(microjoules.high),
            power(active_mw * 1e3),
        ),
    );
    let doubt = if *verified { "" } else { " (not verified)" };
    lines.add("", format!("power from {source}{doubt}: {conditions}"));
}

fn duty_text(duty: &DutyReport) -> String {
    let every = format!("an inference every {}", duration(duty.period_s));
    if !duty.keeps_up {
        return format!("{every} is too fast: it takes longer than that");
    }
    let Some(average) = duty.average_uw else {
        return format!(
            "{every}: average power unknown, for want of a sourced sleep or active power"
        );
    };
    let sleep = duty.sleep_uw.map_or(String::new(), |sleep| format!(", {} asleep", power(sleep)));
    let battery = duty
        .battery_hours
        .map_or(String::new(), |hours| format!("; the battery lasts {}", duration(hours * 3600.0)));
    format!("{every}: {} on average{sleep}{battery} (estimated)", power(average))
}

fn memory(lines: &mut Lines, report: &RunReport) {
    let RunReport { ram_bytes: ram, flash_bytes: flash, harness_bytes: harness, fit, .. } = report;
    let room = |needed: u64, available: Option<u64>| match available {
        None => format!("{} bytes", number(needed)),
        Some(available) => format!("{} of {} bytes", number(needed), number(available)),
    };
    match (ram.total, ram.statics, ram.stack) {
        (Some(total), Some(statics), Some(stack)) => lines.add(
            "RAM",
            format!(
                "{} = arena {}{} + static {} + stack {}",
                room(total, fit.map(|fit| fit.ram.available)),
                number(ram.arena),
                if ram.state > 0 {
                    format!(" + state {}", number(ram.state))
                } else {
                    String::new()
                },
                number(statics),
                number(stack)
            ),
        ),
        _ => lines.add(
            "RAM",
            format!("{} bytes of arena; no stack or flash figures on the host", number(ram.arena)),
        ),
    }
    if let Some(flash) = flash {
        lines.add(
            "flash",
            format!(
                "{} = weights {} + constants {} + code {}",
                room(flash.total, fit.map(|fit| fit.flash.available)),
                number(flash.weights),
                number(flash.constants),
                number(flash.code)
            ),
        );
    }
    if let Some(fit) = fit.filter(|fit| !fit.fits) {
        lines.add("DOES NOT FIT", lacking(&fit));
    }
    if let Some(harness) = harness {
        let (flash, ram) = (number(harness.flash), number(harness.ram));
        lines.add("harness", format!("{flash} bytes of flash and {ram} of RAM, not counted above"));
    }
}

/// By how much a model does not fit.
pub(super) fn lacking(fit: &FitReport) -> String {
    let parts = [("RAM", fit.ram.lacking()), ("flash", fit.flash.lacking())];
    let parts = parts.iter().filter(|(_, bytes)| *bytes > 0);
    let parts: Vec<_> =
        parts.map(|(memory, bytes)| format!("{} bytes of {memory}", number(*bytes))).collect();
    format!("lacks {}", parts.join(" and "))
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

/// The table of operators. Shares and quotients are of cycles where there are any.
fn operators(report: &RunReport) -> String {
    let priced = report.cost.cycles.is_some();
    let mut columns =
        vec![("layer", Align::Left), ("operator", Align::Left), ("MACs", Align::Right)];
    if report.instructions.is_some() {
        columns.push(("instructions", Align::Right));
    }
    if priced {
        columns.push(("cycles", Align::Right));
    }
    if report.instructions.is_some() {
        columns.extend([
            ("share", Align::Right),
            ("per MAC", Align::Right),
            ("RAM", Align::Right),
            ("flash", Align::Right),
        ]);
    }
    let cycles = |operator: &OperatorReport| operator.cycles.as_ref().map(|cycles| cycles.value);
    let counted = |operator: &OperatorReport| operator.instructions.map(|count| count as f64);
    let weight =
        |operator: &OperatorReport| if priced { cycles(operator) } else { counted(operator) };
    let total: f64 = report.operators.iter().filter_map(weight).sum();
    let row = |operator: &OperatorReport| {
        let mut row =
            vec![shorten(&operator.name, 28), operator.kind.clone(), number(operator.macs)];
        row.extend(operator.instructions.map(number));
        row.extend(cycles(operator).map(|cycles| number(cycles.round() as u64)));
        if let Some(weight) = weight(operator) {
            let per_mac = weight / operator.macs as f64;
            row.extend([
                format!("{:.1} %", 100.0 * weight / total.max(1.0)),
                if operator.macs > 0 { format!("{per_mac:.2}") } else { "-".into() },
                number(operator.ram_bytes),
                operator.flash_bytes.map_or("-".into(), number),
            ]);
        }
        row
    };
    table(&columns, report.operators.iter().map(row))
}
