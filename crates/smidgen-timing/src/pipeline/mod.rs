//! Prices blocks of a program with a table of a core's pipeline, memories answering at once.
//!
//! A block costs what an in-order pipeline needs for it in the state that it is entered with. Where
//! control falls through, that is the state behind the block in front; where a block repeats itself,
//! its own; where it is the target of one branch only, that of the branch's block; else nothing is
//! under way.

mod branch;
mod machine;
#[cfg(test)]
mod tests;

use crate::cycles::Cycles;
use crate::flow::{Block, BlockCounts, Program, StepFlow};
use branch::Refill;
use machine::{Issued, Machine};
use smidgen_target::Pipeline;

/// What the blocks of a program cost on a core, however often they execute.
#[derive(Debug)]
pub struct Prices<'a> {
    program: &'a Program,
    blocks: Vec<BlockPrice>,
}

/// What a block costs, by how it is entered.
#[derive(Debug)]
struct BlockPrice {
    fallthrough: Entered,
    again: Entered,
    jump: Entered,
    /// Whether its branch leads to itself.
    repeats: bool,
    refill: Refill,
}

/// A block in the state that it was entered with.
#[derive(Debug, Clone, Default)]
struct Entered {
    instructions: Vec<Issued>,
    /// Whether its branch decides on flags that are too young.
    late_flags: bool,
}

/// Core cycles of each instruction of `program` in a step: issue, dependencies, branches.
pub fn price(program: &Program, flow: &StepFlow, pipeline: &Pipeline) -> Vec<Cycles> {
    Prices::new(program, pipeline).step(flow)
}

impl<'a> Prices<'a> {
    /// Prices all blocks of `program`.
    pub fn new(program: &'a Program, pipeline: &Pipeline) -> Self {
        let sources = sources(program);
        let blocks = &program.blocks;
        let price = |index: usize| {
            let block = &blocks[index];
            let refill = branch::refill(program, block, pipeline);
            let clean = Machine::new(pipeline);
            let before = index.checked_sub(1).filter(|&before| blocks[before].touches_next);
            let fallthrough = before.map(|before| {
                let mut machine = clean.clone();
                enter(program, &blocks[before], &mut machine);
                enter(program, block, &mut machine)
            });
            let (repeats, from) = (sources[index].repeats, sources[index].only_other());
            let again = repeats.then(|| {
                let mut machine = clean.clone();
                // Twice, for what the first round leaves behind.
                for _ in 0..2 {
                    enter(program, block, &mut machine);
                    machine.wait(refill.expected());
                }
                enter(program, block, &mut machine)
            });
            let mut machine = clean;
            if let Some(from) = from {
                enter(program, &blocks[from], &mut machine);
                machine.wait(branch::refill(program, &blocks[from], pipeline).expected());
            }
            let jump = enter(program, block, &mut machine);
            BlockPrice {
                fallthrough: fallthrough.unwrap_or_default(),
                again: again.unwrap_or_default(),
                jump,
                repeats,
                refill,
            }
        };
        Self { program, blocks: (0..blocks.len()).map(price).collect() }
    }

    /// Cycles of each instruction in a step of this program. Counts of another program give zeros
    /// where they have no block.
    pub fn step(&self, flow: &StepFlow) -> Vec<Cycles> {
        let mut cycles = vec![Cycles::default(); self.program.instructions.len()];
        for ((block, price), counts) in
            self.program.blocks.iter().zip(&self.blocks).zip(&flow.blocks)
        {
            if counts.executions > 0 {
                price.charge(counts, &mut cycles[block.instructions.clone()]);
            }
        }
        cycles
    }
}

impl BlockPrice {
    /// Adds what executing the block as `counts` say costs to its instructions' cycles.
    fn charge(&self, counts: &BlockCounts, cycles: &mut [Cycles]) {
        let again = if self.repeats { counts.taken.min(counts.jump_entries) } else { 0 };
        let entries = [
            (&self.fallthrough, counts.fallthrough_entries),
            (&self.again, again),
            (&self.jump, counts.jump_entries - again),
        ];
        let mut late = 0.0;
        for (entered, times) in entries {
            let times = times as f64;
            for (cycles, issued) in cycles.iter_mut().zip(&entered.instructions) {
                cycles.issue += issued.issue * times;
                cycles.dependency += issued.dependency * times;
            }
            late += if entered.late_flags { times } else { 0.0 };
        }
        if let Some(last) = cycles.last_mut() {
            last.branch += self.refill.cycles(counts, late / counts.executions as f64);
        }
    }
}

/// Runs a block through a machine.
fn enter(program: &Program, block: &Block, machine: &mut Machine) -> Entered {
    let instructions = program.code(block).iter().map(|placed| machine.issue(placed)).collect();
    Entered { instructions, late_flags: machine.late_flags() }
}

/// The blocks whose branches lead to a block.
#[derive(Debug, Clone, Copy, Default)]
struct Sources {
    repeats: bool,
    others: usize,
    last: usize,
}

impl Sources {
    /// The only other block whose branch leads there.
    fn only_other(&self) -> Option<usize> {
        (self.others == 1).then_some(self.last)
    }
}

fn sources(program: &Program) -> Vec<Sources> {
    let mut sources = vec![Sources::default(); program.blocks.len()];
    for jump in program.known_jumps() {
        let to = &mut sources[jump.to];
        if jump.from == jump.to {
            to.repeats = true;
        } else {
            to.others += 1;
            to.last = jump.from;
        }
    }
    sources
}
