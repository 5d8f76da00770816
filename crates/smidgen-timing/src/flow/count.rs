//! How often control went which way.

use super::{BlockCounts, Program, StepFlow};
use crate::profile::{Counts, Profile};

impl Program {
    /// Executions of each instruction: the sum over the runs that hold it.
    pub(super) fn executions(&self, profile: &Profile, counts: &Counts) -> Vec<u64> {
        let mut executions = vec![0_u64; self.instructions.len()];
        for &(run, times) in &counts.executions {
            let Some(run) = profile.runs.get(run) else { continue };
            let Some(first) = self.at(run.address) else { continue };
            let end = (first + run.instructions as usize).min(executions.len());
            for count in &mut executions[first..end] {
                *count = count.saturating_add(times);
            }
        }
        executions
    }
}

/// The flow of one step with `executions` of each instruction.
pub(super) fn count(program: &Program, counts: &Counts, executions: Vec<u64>) -> StepFlow {
    let continued = |address: u32| {
        let found = counts.continuations.binary_search_by_key(&address, |next| next.0);
        found.map_or(0, |index| counts.continuations[index].1)
    };
    let mut blocks = Vec::with_capacity(program.blocks.len());
    // What the block before passes on.
    let mut passed = 0;
    for block in &program.blocks {
        let executed = executions[block.instructions.start];
        let fallthrough_entries = passed.min(executed);
        let mut entry = BlockCounts {
            executions: executed,
            fallthrough_entries,
            jump_entries: executed - fallthrough_entries,
            ..BlockCounts::default()
        };
        passed = executed;
        if let Some(branch) = program.branch(block) {
            entry.not_taken = continued(branch.end()).min(executed);
            entry.taken = executed - entry.not_taken;
            passed = entry.not_taken;
        }
        if !block.touches_next {
            passed = 0;
        }
        blocks.push(entry);
    }
    StepFlow { executions, blocks }
}
