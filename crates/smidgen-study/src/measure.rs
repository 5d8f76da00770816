//! Turns sizes and counts into the figures of a report.

use crate::cost::CostReport;
use crate::report::{
    FlashBytes, HarnessBytes, OperatorReport, RUN_SCHEMA, RamBytes, RunReport, SymbolReport,
    Verdict, WorkingSet,
};
use crate::{Model, Recipe};
use smidgen_compiler::Compiled;
use smidgen_compiler::emit::StepSpec;
use smidgen_run::{Capture, Image};

/// The figures of a run. Verdict and versions are filled in by the caller.
pub(crate) fn measure(
    model: &Model,
    recipe: &Recipe,
    compiled: &Compiled,
    image: &Image,
    captures: &[Capture],
    slowest: usize,
) -> RunReport {
    let board = &image.board;
    let slowest_sample = slowest;
    let slowest = captures.get(slowest);
    let counts = |capture: &Capture| capture.profile.as_ref().map(instructions);
    let footprint = image.footprint.as_ref();
    let stack = captures.iter().filter_map(|capture| capture.stack_bytes).max();
    let arena = compiled.bundle.manifest.arena_bytes as u64;
    let statics = footprint.map(|footprint| footprint.variables);
    let state = compiled.bundle.manifest.state_bytes as u64;
    let total = statics.zip(stack).map(|(statics, stack)| arena + state + statics + stack);
    RunReport {
        schema: RUN_SCHEMA.to_string(),
        model: model.report(),
        board: board.name.clone(),
        core: board.core.name.clone(),
        emulated_on: None,
        recipe: recipe.clone(),
        toolchain: String::new(),
        runner: String::new(),
        samples: captures.len(),
        slowest_sample,
        verdict: Verdict::Wrong,
        max_difference: 0.0,
        instructions: slowest.and_then(counts),
        cost: CostReport::default(),
        bottleneck: None,
        fit: None,
        ram_bytes: RamBytes { arena, state, statics, stack, total },
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
pub(crate) fn instructions(profile: &smidgen_timing::profile::Profile) -> u64 {
    profile.steps.iter().map(|step| step.counts.instructions).sum()
}

fn operators(compiled: &Compiled, image: &Image, slowest: Option<&Capture>) -> Vec<OperatorReport> {
    let profile = slowest.and_then(|capture| capture.profile.as_ref());
    let footprint = image.footprint.as_ref();
    let operator = |(index, step): (usize, &StepSpec)| OperatorReport {
        name: step.name.clone(),
        kind: step.kind.clone(),
        macs: step.macs,
        parameters: step.parameters,
        instructions: profile
            .and_then(|profile| profile.steps.get(index))
            .map(|step| step.counts.instructions),
        cycles: None,
        cycle_causes: None,
        working_set: working_set(compiled, step),
        ram_bytes: live_bytes(compiled, index as u32),
        flash_bytes: footprint.map(|footprint| footprint.steps[index]),
    };
    compiled.bundle.manifest.steps.iter().enumerate().map(operator).collect()
}

/// Different bytes that a step reads.
fn working_set(compiled: &Compiled, step: &StepSpec) -> WorkingSet {
    let constants = compiled.bundle.manifest.constants.iter();
    let own = constants.filter(|constant| step.constants.contains(&constant.symbol));
    WorkingSet {
        constants: own.map(|constant| constant.bytes as u64).sum(),
        arena: step.inputs.iter().map(|port| port.bytes as u64).sum(),
    }
}

/// Arena bytes in use during a step.
fn live_bytes(compiled: &Compiled, step: u32) -> u64 {
    let buffers = compiled.program.buffers.iter();
    buffers.filter(|buffer| buffer.live.contains(&step)).map(|buffer| buffer.bytes as u64).sum()
}
