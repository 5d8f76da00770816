//! `smidgen inspect`: a model's layers and memory.

use super::Outcome;
use crate::cli::{Cli, InspectArgs};
use crate::output;
use crate::table::{Align, number, shorten, table};
use smidgen_study::{
    Error, InspectReport, LayerInfo, MemoryMap, StepMemory, TensorReport, inspect,
};
use std::fmt::Write;

pub(super) fn run(args: &InspectArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let workbench = super::workbench(cli)?;
    let board = workbench.board(&args.board)?;
    let model = super::calibrated(&args.model, &recipe, &args.calibration, cli.quiet)?;
    let report = inspect(&model, board, &recipe)?;
    if cli.json {
        output::json(&report);
    } else {
        output::text(&text(&report));
    }
    Ok(Outcome::Fine)
}

fn text(report: &InspectReport) -> String {
    let mut text = String::new();
    let mut line = |s: &str| writeln!(text, "{s}").expect("writing to a string cannot fail");
    let InspectReport { model, memory, .. } = report;
    line(&format!("{}  (SHA-256 {})", model.name, &model.sha256[..12]));
    for (role, tensors) in [("input", &report.inputs), ("output", &report.outputs)] {
        for (i, tensor) in tensors.iter().enumerate() {
            line(&format!("{role} {i}  {}  `{}`", describe(tensor), tensor.name));
        }
    }
    line(&format!(
        "{} layers, {} operators after optimisation\n",
        report.source_layers,
        report.operators.len()
    ));
    line(&operators(&report.operators));
    line(&memory_text(memory));
    line(&format!("MACs        {}", number(model.macs)));
    line(&format!("parameters  {}", number(model.parameters)));
    line(&format!("constants   {} bytes in flash, code aside", number(report.constant_bytes)));
    line(&format!(
        "arena       {} bytes{}; greedy placement would need {}",
        number(memory.arena_bytes as u64),
        if memory.arena_bytes <= memory.lower_bound_bytes.next_multiple_of(8) {
            ", the least that these buffers allow"
        } else {
            ""
        },
        number(memory.greedy_bytes as u64)
    ));
    text
}

fn operators(operators: &[LayerInfo]) -> String {
    let columns = [
        ("#", Align::Right),
        ("layer", Align::Left),
        ("operator", Align::Left),
        ("output", Align::Left),
        ("quantisation", Align::Left),
        ("MACs", Align::Right),
        ("parameters", Align::Right),
        ("bytes", Align::Right),
    ];
    let row = |(index, operator): (usize, &LayerInfo)| {
        let output = operator.outputs.first();
        vec![
            index.to_string(),
            shorten(&operator.name, 40),
            operator.kind.clone(),
            output.map_or(String::new(), shape),
            output.and_then(|tensor| tensor.quantisation.clone()).unwrap_or_default(),
            number(operator.macs),
            number(operator.parameters),
            number(operator.outputs.iter().map(|tensor| tensor.bytes as u64).sum()),
        ]
    };
    table(&columns, operators.iter().enumerate().map(row))
}

/// Width of the bars of the memory map, in characters.
const BAR: usize = 32;

fn memory_text(memory: &MemoryMap) -> String {
    let peak = memory.steps.iter().map(|step| step.bytes).max().unwrap_or(0).max(1);
    let columns = [
        ("layer", Align::Left),
        ("memory over time", Align::Left),
        ("bytes", Align::Right),
        ("buffers (bytes @ offset)", Align::Left),
    ];
    let row = |step: &StepMemory| {
        let filled = (step.bytes * BAR).div_ceil(peak);
        let mark = if step.bytes == peak { " peak" } else { "" };
        let buffer = |&i: &usize| {
            let buffer = &memory.buffers[i];
            format!("{} {} @ {}", shorten(&buffer.name, 20), buffer.bytes, buffer.offset)
        };
        let buffers: Vec<_> = step.buffers.iter().map(buffer).collect();
        vec![
            shorten(&step.name, 24),
            format!("{}{mark}", "#".repeat(filled)),
            number(step.bytes as u64),
            buffers.join("; "),
        ]
    };
    table(&columns, memory.steps.iter().map(row))
}

fn describe(tensor: &TensorReport) -> String {
    let quantisation = tensor.quantisation.as_deref().unwrap_or("not quantised");
    format!("{} {quantisation}", shape(tensor))
}

fn shape(tensor: &TensorReport) -> String {
    let dims: Vec<_> = tensor.shape.iter().map(ToString::to_string).collect();
    format!("{}[{}]", tensor.dtype, dims.join("x"))
}
