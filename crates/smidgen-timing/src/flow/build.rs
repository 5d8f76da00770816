//! Finds the instructions of a profile and the straight lines between its branches.

use super::count::count;
use super::{Block, Error, MOST_COUNTS, Placed, Program, ProgramFlow};
use crate::decode::{Flow, Registers, decode};
use crate::profile::{Instruction, Profile};
use smidgen_target::Class;
use std::collections::BTreeSet;

/// [`ProgramFlow::new`].
pub(super) fn flow(profile: &Profile) -> Result<ProgramFlow, Error> {
    check_size(profile)?;
    let mut instructions = instructions(profile)?;
    predicate(&mut instructions);
    let mut program = Program { instructions, blocks: Vec::new() };
    let executions: Vec<Vec<u64>> =
        profile.all_counts().map(|counts| program.executions(profile, counts)).collect();
    program.blocks = blocks(&program, &executions);
    let mut flows = profile
        .all_counts()
        .zip(executions)
        .map(|(counts, executions)| count(&program, counts, executions));
    let outside = flows.next().expect("the first counts are those outside");
    let steps = flows.collect();
    Ok(ProgramFlow { program, outside, steps })
}

/// Steps and runs are a few characters each, their product is not.
fn check_size(profile: &Profile) -> Result<(), Error> {
    let runs = profile.executed_runs().into_iter();
    let instructions: u64 = runs.map(|run| u64::from(run.instructions)).sum();
    let steps = profile.all_counts().count();
    if instructions.saturating_mul(steps as u64) > MOST_COUNTS {
        return Err(Error::Size { steps, instructions });
    }
    Ok(())
}

/// All executed instructions, by address.
fn instructions(profile: &Profile) -> Result<Vec<Placed>, Error> {
    let runs = profile.executed_runs().into_iter();
    let mut found: Vec<Instruction> =
        runs.flat_map(|run| profile.encoding.instructions(run.address, &run.code)).collect();
    found.sort_unstable_by_key(|instruction| (instruction.address, instruction.opcode));
    found.dedup();
    for pair in found.windows(2) {
        let [Instruction { address, bytes, .. }, next] = [pair[0], pair[1]];
        if next.address == address {
            return Err(Error::Changed { address });
        }
        if next.address - address < bytes {
            return Err(Error::Overlap { address: next.address });
        }
    }
    let place = |instruction: Instruction| {
        let Instruction { address, opcode, bytes } = instruction;
        Placed { address, opcode, bytes, operation: decode(profile.encoding, instruction) }
    };
    Ok(found.into_iter().map(place).collect())
}

/// Gives the instructions behind each `IT` the meaning that they have there.
fn predicate(instructions: &mut [Placed]) {
    let mut left = 0;
    let mut expected = None;
    for placed in instructions {
        if expected != Some(placed.address) {
            left = 0;
        }
        expected = Some(placed.end());
        let operation = &mut placed.operation;
        if operation.class == Class::IfThen {
            left = 4_u32.saturating_sub(placed.opcode.trailing_zeros());
        } else if left > 0 {
            left -= 1;
            operation.reads |= Registers::FLAGS;
            // Comparisons write nothing else.
            if placed.bytes == 2 && operation.writes != Registers::FLAGS {
                operation.writes = operation.writes - Registers::FLAGS;
            }
            if let Flow::Branch { conditional, .. } = &mut operation.flow {
                *conditional = true;
            }
        }
    }
}

/// Cuts the instructions behind branches, at known targets, and where executions change.
fn blocks(program: &Program, executions: &[Vec<u64>]) -> Vec<Block> {
    let instructions = &program.instructions;
    let targets: BTreeSet<u32> = instructions.iter().filter_map(Placed::target).collect();
    let begins = |index: usize| {
        let (before, placed) = (&instructions[index - 1], &instructions[index]);
        before.end() != placed.address
            || before.operation.flow != Flow::Next
            || targets.contains(&placed.address)
            || executions.iter().any(|counts| counts[index - 1] != counts[index])
    };
    let mut blocks = Vec::new();
    let mut start = 0;
    for end in 1..=instructions.len() {
        if end == instructions.len() || begins(end) {
            let next = instructions.get(end);
            let touches_next = next.is_some_and(|next| next.address == instructions[end - 1].end());
            blocks.push(Block { instructions: start..end, touches_next });
            start = end;
        }
    }
    blocks
}
