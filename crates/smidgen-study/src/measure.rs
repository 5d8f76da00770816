//! Turns sizes and counts into the figures of a report.

use crate::report::{
    FlashBytes, HarnessBytes, OperatorReport, RUN_SCHEMA, RamBytes, RunReport, SymbolReport,
    Verdict,
};
use crate::{Model, Recipe};
use smidgen_compiler::Compiled;
use smidgen_run::{Capture, Image};
use smidgen_target::Board;

/// The figures of a run. Verdict and versions are filled in by the caller.
pub(crate) fn measure(
    model: &Model,
    board: &Board,
    recipe: &Recipe,
    compiled: &Compiled,
    image: &Image,
    captures: &[Capture],
) -> RunReport {
    let counts = |capture: &Capture| capture.profile.as_ref().map(instructions);
    let slowest = captures.iter().max_by_key(|capture| counts(capture));
    let footprint = image.footprint.as_ref();
    let stack = captures.iter().filter_map(|capture| capture.stack_bytes).max();
    let arena = compiled.bundle.manifest.arena_bytes as u64;
    let statics = footprint.map(|footprint| footprint.variables);
    let total = statics.zip(stack).map(|(statics, stack)| arena + statics + stack);
    RunReport {
        schema: RUN_SCHEMA.to_string(),
        model: model.report(),
        board: board.name.clone(),
        core: board.core.name.clone(),
        recipe: recipe.clone(),
        toolchain: String::new(),
        runner: String::new(),
        samples: captures.len(),
        verdict: Verdict::Wrong,
        max_difference: 0.0,
        instructions: slowest.and_then(counts),
        cycles: None,
        latency_ms: None,
        ram_bytes: RamBytes { arena, statics, stack, total },
        flash_bytes: footprint.map(|footprint| FlashBytes {
            weights: footprint.weights,
            constants: footprint.constants,
            code: footprint.code,
            total: footprint.flash(),
        }),
        harness_bytes: footprint.map(|footprint| HarnessBytes {
            flash: footprint.harness_flash,
            ram: footprint.harness_variables,
        }),
        operators: operators(compiled, image, slowest),
        symbols: footprint.map_or(vec![], |footprint| {
            let symbol = |symbol: &smidgen_run::FlashSymbol| SymbolReport {
                name: symbol.name.clone(),
                kind: symbol.kind.name().to_string(),
                bytes: symbol.bytes,
            };
            footprint.symbols.iter().map(symbol).collect()
        }),
    }
}

/// Instructions between the first step's entry and the end of the inference.
fn instructions(profile: &smidgen_timing::profile::Profile) -> u64 {
    profile.steps.iter().map(|step| step.counts.instructions).sum()
}

fn operators(compiled: &Compiled, image: &Image, slowest: Option<&Capture>) -> Vec<OperatorReport> {
    let profile = slowest.and_then(|capture| capture.profile.as_ref());
    let footprint = image.footprint.as_ref();
    let operator = |(index, step): (usize, &smidgen_compiler::emit::StepSpec)| OperatorReport {
        name: step.name.clone(),
        kind: step.kind.clone(),
        macs: step.macs,
        parameters: step.parameters,
        instructions: profile
            .and_then(|profile| profile.steps.get(index))
            .map(|step| step.counts.instructions),
        cycles: None,
        ram_bytes: live_bytes(compiled, index as u32),
        flash_bytes: footprint.map(|footprint| footprint.steps[index]),
    };
    compiled.bundle.manifest.steps.iter().enumerate().map(operator).collect()
}

/// Arena bytes in use during a step.
fn live_bytes(compiled: &Compiled, step: u32) -> u64 {
    let buffers = compiled.program.buffers.iter();
    buffers.filter(|buffer| buffer.live.contains(&step)).map(|buffer| buffer.bytes as u64).sum()
}
