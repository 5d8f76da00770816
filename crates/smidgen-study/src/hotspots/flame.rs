//! A flame graph of the inference.

use crate::Error;
use crate::cost::Cost;
use crate::recording::Recording;
use inferno::flamegraph::{self, Options};
use smidgen_run::Lines;
use smidgen_timing::cycles::Cycles;
use std::collections::BTreeMap;

/// The inference as an SVG: model, operators in execution order, functions with what was inlined
/// into them, and on top of each the stalls. Widths are cycles.
pub fn flame_graph(recording: &Recording, cost: &Cost, board: &str) -> Result<Vec<u8>, Error> {
    let stacks = stacks(recording, cost)?;
    let text = |(stack, cycles): (String, f64)| format!("{stack} {cycles:.0}");
    let lines: Vec<String> = stacks.into_iter().map(text).collect();
    let mut options = Options::default();
    let clock = cost.price.clock_hz as f64 / 1e6;
    options.title = name(&format!("{} on {board} at {clock} MHz", recording.report.model.name));
    options.subtitle = Some("cycles of one inference, estimated".to_string());
    options.count_name = "cycles".to_string();
    options.name_type = "Part:".to_string();
    options.hash = true;
    options.deterministic = true;
    let mut svg = Vec::new();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), &mut svg)
        .map_err(|error| Error::Data(format!("the flame graph cannot be drawn: {error}")))?;
    Ok(svg)
}

/// Cycles by stack: names from the outside in, separated by semicolons.
fn stacks(recording: &Recording, cost: &Cost) -> Result<BTreeMap<String, f64>, Error> {
    let run = &recording.report;
    let lines = Lines::read(&recording.program)?;
    let digits = run.operators.len().saturating_sub(1).to_string().len();
    let mut stacks: BTreeMap<String, f64> = BTreeMap::new();
    for (index, (operator, step)) in run.operators.iter().zip(&cost.price.steps).enumerate() {
        let step_name = format!("{index:0digits$} {} {}", operator.kind, operator.name);
        for priced in &step.instructions {
            let function = recording.layout.function_at(priced.address.into());
            let mut stack = vec![name(&run.model.name), name(&step_name), name(function)];
            let frames = lines.at(priced.address.into())?;
            // The outermost frame is the function itself.
            stack.extend(frames.iter().rev().skip(1).map(|frame| name(&frame.function)));
            let stack = stack.join(";");
            let Cycles { issue, dependency, branch, fetch, data } = priced.cycles;
            let stalls = [
                ("dependency stall", dependency),
                ("branch stall", branch),
                ("fetch stall", fetch),
                ("data stall", data),
            ];
            for (cause, cycles) in stalls.into_iter().filter(|(_, cycles)| *cycles > 0.0) {
                *stacks.entry(format!("{stack};{cause}")).or_default() += cycles;
            }
            *stacks.entry(stack).or_default() += issue;
        }
    }
    stacks.retain(|_, cycles| *cycles >= 0.5);
    Ok(stacks)
}

/// A name without what separates names, and without control characters.
fn name(text: &str) -> String {
    text.chars().map(|c| if c == ';' || c.is_control() { '?' } else { c }).collect()
}
