//! The executed program: its instructions, the straight lines between branches, and how often
//! control went which way.

mod build;
mod count;
#[cfg(test)]
pub(crate) mod tests;

use crate::decode::{Flow, Operation};
use crate::profile::Profile;
use std::ops::Range;

/// What executed, as a program, with counts for each step.
#[derive(Debug, Clone)]
pub struct ProgramFlow {
    /// What all steps share.
    pub program: Program,
    /// Counts outside all steps.
    pub outside: StepFlow,
    /// Counts of each step, in the profile's order.
    pub steps: Vec<StepFlow>,
}

/// All instructions that executed in any step.
#[derive(Debug, Clone)]
pub struct Program {
    /// By address.
    pub instructions: Vec<Placed>,
    /// By address; together they hold every instruction once.
    pub blocks: Vec<Block>,
}

/// An instruction and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Address.
    pub address: u32,
    /// As [`crate::profile::Instruction::opcode`].
    pub opcode: u32,
    /// Size in bytes: 2 or 4.
    pub bytes: u32,
    /// What it does. Inside an `IT` block, branches are conditional, and 16-bit arithmetic leaves
    /// the flags alone.
    pub operation: Operation,
}

/// Instructions that follow each other in memory and execute equally often in every step. Only the
/// last may be a branch, only the first the known target of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which of [`Program::instructions`].
    pub instructions: Range<usize>,
    /// Whether the next block begins where this one ends in memory.
    pub touches_next: bool,
}

/// How often the parts of a program executed in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFlow {
    /// One per instruction.
    pub executions: Vec<u64>,
    /// One per block.
    pub blocks: Vec<BlockCounts>,
}

/// How often a block executed in a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockCounts {
    /// Executions of each of its instructions.
    pub executions: u64,
    /// Executions that came from the block in front of it in memory.
    pub fallthrough_entries: u64,
    /// Executions that came from elsewhere: all others.
    pub jump_entries: u64,
    /// How often its last instruction branched; 0 if that is no branch.
    pub taken: u64,
    /// How often its last instruction, a branch, fell through; 0 if that is no branch.
    pub not_taken: u64,
}

/// A jump whose target the instruction holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownJump {
    /// Index of the block that ends in the branch.
    pub from: usize,
    /// Index of the block that begins at its target.
    pub to: usize,
}

/// A profile whose code contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two runs have different code at one address.
    #[error(
        "the profile has two instructions at address {address:#x}; was the code changed while it ran?"
    )]
    Changed {
        /// The address.
        address: u32,
    },
    /// Counts of every instruction in every step would need too much memory.
    #[error(
        "the profile has {steps} steps of {instructions} instructions; all together, {MOST_COUNTS} \
         counts are the most"
    )]
    Size {
        /// Number of steps, what is outside of them included.
        steps: usize,
        /// Number of instructions of all runs.
        instructions: u64,
    },
    /// An instruction begins inside another one.
    #[error("the profile has an instruction at address {address:#x} inside the one before it")]
    Overlap {
        /// Address of the second one.
        address: u32,
    },
}

/// Most counts that are worked out: instructions times steps.
const MOST_COUNTS: u64 = 1 << 25;

impl ProgramFlow {
    /// The program of `profile`. Counts that contradict each other saturate.
    pub fn new(profile: &Profile) -> Result<Self, Error> {
        build::flow(profile)
    }

    /// All counts: outside, then the steps.
    pub fn all(&self) -> impl Iterator<Item = &StepFlow> {
        std::iter::once(&self.outside).chain(&self.steps)
    }
}

impl Program {
    /// Index of the instruction at `address`.
    pub fn at(&self, address: u32) -> Option<usize> {
        self.instructions.binary_search_by_key(&address, |placed| placed.address).ok()
    }

    /// The instructions of a block.
    pub fn code(&self, block: &Block) -> &[Placed] {
        &self.instructions[block.instructions.clone()]
    }

    /// The branch that ends a block.
    pub fn branch(&self, block: &Block) -> Option<&Placed> {
        self.code(block).last().filter(|placed| placed.operation.flow != Flow::Next)
    }

    /// Index of the block whose first instruction is at `address`.
    pub fn block_at(&self, address: u32) -> Option<usize> {
        let first = |block: &Block| self.instructions[block.instructions.start].address;
        self.blocks.binary_search_by_key(&address, first).ok()
    }

    /// The jumps between blocks that the branches themselves tell, by where they are from.
    pub fn known_jumps(&self) -> impl Iterator<Item = KnownJump> {
        self.blocks.iter().enumerate().filter_map(|(from, block)| {
            let target = self.branch(block)?.target()?;
            Some(KnownJump { from, to: self.block_at(target)? })
        })
    }
}

impl Placed {
    /// Address behind it.
    pub fn end(&self) -> u32 {
        self.address.wrapping_add(self.bytes)
    }

    /// Where it branches to, if it holds that.
    pub fn target(&self) -> Option<u32> {
        match self.operation.flow {
            Flow::Branch { target, .. } => target,
            Flow::Next => None,
        }
    }
}
