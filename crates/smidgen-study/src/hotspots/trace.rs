//! A time line for Perfetto and `chrome://tracing`.

use crate::cost::Cost;
use crate::recording::Recording;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One process, one track; see "Trace Event Format".
const PROCESS: u32 = 1;

/// The inference as trace events: operators one after the other, and in each the functions that it
/// spends its cycles in. The order of functions within an operator is not known: they follow each
/// other by cycles, most first. A counter shows the bytes of the arena that are in use.
pub fn trace(recording: &Recording, cost: &Cost, board: &str) -> Value {
    let run = &recording.report;
    // Whole nanoseconds, so that parts end where the whole does.
    let micros = |cycles: f64| (cycles * 1e9 / cost.price.clock_hz as f64).round() / 1e3;
    let name = format!("{} on {board}", run.model.name);
    let mut events = vec![
        json!({ "ph": "M", "pid": PROCESS, "name": "process_name", "args": { "name": name } }),
        json!({ "ph": "M", "pid": PROCESS, "tid": PROCESS, "name": "thread_name",
                "args": { "name": "inference (estimated)" } }),
    ];
    let mut start = 0.0;
    for (operator, step) in run.operators.iter().zip(&cost.price.steps) {
        let cycles = step.cycles.total();
        let end = start + cycles;
        let span = |name: &str, category: &str, start: f64, cycles: f64, args: Value| {
            let (ts, to) = (micros(start), micros((start + cycles).min(end)));
            json!({ "ph": "X", "pid": PROCESS, "tid": PROCESS, "name": name, "cat": category,
                    "ts": ts, "dur": ((to - ts).max(0.0) * 1e3).round() / 1e3, "args": args })
        };
        let causes = step.cycles;
        let args = json!({
            "operator": operator.kind, "MACs": operator.macs,
            "instructions": operator.instructions, "cycles": cycles, "cycle_causes": causes,
        });
        events.push(json!({ "ph": "C", "pid": PROCESS, "name": "arena", "ts": micros(start),
                            "args": { "bytes": operator.ram_bytes } }));
        events.push(span(&operator.name, "operator", start, cycles, args));
        let mut functions: BTreeMap<&str, f64> = BTreeMap::new();
        for priced in &step.instructions {
            let name = recording.layout.function_at(priced.address.into());
            *functions.entry(name).or_default() += priced.cycles.total();
        }
        let mut functions: Vec<_> = functions.into_iter().collect();
        functions.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut at = start;
        for (name, cycles) in functions {
            events.push(span(name, "function", at, cycles, json!({ "cycles": cycles })));
            at += cycles;
        }
        start = end;
    }
    events.push(json!({ "ph": "C", "pid": PROCESS, "name": "arena", "ts": micros(start),
                        "args": { "bytes": 0 } }));
    json!({ "displayTimeUnit": "ms", "traceEvents": events })
}
