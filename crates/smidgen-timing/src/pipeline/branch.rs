//! What branches cost beyond their issue.

use crate::decode::Flow;
use crate::flow::{Block, BlockCounts, Program};
use smidgen_target::pipeline::{Branches, Prediction};
use smidgen_target::{Class, Pipeline};

/// Cycles that the branch at the end of a block costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refill {
    /// Cycles of one that is taken: as predicted, or on cores that do not predict.
    taken: u8,
    /// Of one that goes elsewhere than predicted.
    mispredicted: u8,
    /// Of one that pays, if its flags are too young.
    late_flags: u8,
    /// Further ones of one that pays, for its target.
    straddling: u8,
    guess: Guess,
}

/// What is guessed about a branch.
#[derive(Debug, Clone, Copy)]
enum Guess {
    /// Nothing: it pays whenever it is taken.
    Nothing,
    Taken,
    NotTaken,
    /// What it did the last time.
    Again,
    /// What it did the last time, taken if that was a backward branch.
    LastLoop,
}

/// What the branch at the end of `block` costs; nothing if there is none.
pub(super) fn refill(program: &Program, block: &Block, pipeline: &Pipeline) -> Refill {
    let branches = &pipeline.branches;
    let mut refill =
        Refill { taken: 0, mispredicted: 0, late_flags: 0, straddling: 0, guess: Guess::Nothing };
    let Some(placed) = program.branch(block) else { return refill };
    let Flow::Branch { target, conditional, call } = placed.operation.flow else { return refill };
    let found = target.and_then(|target| program.at(target));
    if found.is_some_and(|index| {
        let target = &program.instructions[index];
        target.bytes == 4 && !target.address.is_multiple_of(4)
    }) {
        refill.straddling = branches.straddling_target;
    }
    refill.taken = match placed.operation.class {
        Class::LoopEnd => branches.loop_end,
        Class::BranchIndirect => branches.indirect,
        Class::BranchLoad => branches.load,
        _ if call => branches.call,
        _ if conditional => branches.taken,
        _ => branches.jump,
    };
    let fixed = !matches!(
        placed.operation.class,
        Class::LoopEnd | Class::BranchIndirect | Class::BranchLoad
    );
    if conditional && fixed {
        refill.mispredicted = branches.mispredicted;
        refill.late_flags = branches.late_flags;
        refill.guess = guess(branches, target.is_some_and(|target| target <= placed.address));
    }
    refill
}

fn guess(branches: &Branches, backward: bool) -> Guess {
    match (branches.prediction, backward) {
        (Prediction::None, _) => Guess::Nothing,
        (Prediction::History, _) => Guess::Again,
        (Prediction::LastLoop, true) => Guess::LastLoop,
        (Prediction::Backward, true) => Guess::Taken,
        (Prediction::LastLoop | Prediction::Backward, false) => Guess::NotTaken,
    }
}

impl Refill {
    /// Cycles of the branch in a step. `late` is the share of executions whose flags are too young.
    pub(super) fn cycles(self, counts: &BlockCounts, late: f64) -> f64 {
        let (taken, not_taken) = (counts.taken as f64, counts.not_taken as f64);
        let paying = match self.guess {
            Guess::Nothing | Guess::NotTaken => taken,
            Guess::Taken => not_taken,
            // Right where it always goes one way, else wrong as often as it goes the rarer way.
            Guess::Again => taken.min(not_taken),
            // Wrong when it begins to be taken, and when it ends.
            Guess::LastLoop => taken.min(2.0 * not_taken),
        };
        let beyond = f64::from(self.straddling) + late * f64::from(self.late_flags);
        if matches!(self.guess, Guess::Nothing) {
            return taken * (f64::from(self.taken) + beyond);
        }
        let predicted = match self.guess {
            Guess::NotTaken => 0.0,
            _ => (taken - paying).max(0.0),
        };
        predicted * f64::from(self.taken) + paying * (f64::from(self.mispredicted) + beyond)
    }

    /// Cycles of one that is taken as expected.
    pub(super) fn expected(self) -> u8 {
        match self.guess {
            Guess::NotTaken => self.mispredicted,
            _ => self.taken,
        }
    }
}
