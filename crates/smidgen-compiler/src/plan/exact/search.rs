//! Depth-first search for one question: do all items fit below a ceiling?

use std::collections::HashSet;

use super::branch::Branch;
use super::part::{Conflict, Facts, Part};
use super::sections::{Item, Sections};

/// Answer to "do all items fit below the ceiling?".
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// They do, at these offsets.
    Fits(Vec<usize>),
    /// They do not, nor below any lower ceiling than `at_least`.
    Impossible {
        /// The next ceiling that is worth a question.
        at_least: usize,
    },
    /// The budget ended first.
    Unknown,
}

/// Levels of recursion, which bounds the stack. A deeper search counts as unfinished.
const MAX_DEPTH: u32 = 4_000;
/// Failed parts to remember, which bounds the memory.
const MAX_REMEMBERED: usize = 1 << 19;
/// Nodes of the shortest run between two restarts.
const RESTART_NODES: u64 = 200;

/// The search for one ceiling. What it learns survives restarts: failed parts and the weights of
/// the sections where conflicts arose.
pub(super) struct Search<'a> {
    items: &'a [Item],
    ceiling: usize,
    offsets: Vec<usize>,
    failed: HashSet<u128>,
    weights: Vec<u32>,
    same_alignment: bool,
    shortfall: usize,
    nodes_left: u64,
    effort_limit: u64,
    facts: Facts,
}

/// How the search of a part ended.
enum Outcome {
    /// Every item has its offset.
    Solved,
    /// Proven impossible.
    Failed,
    /// A limit was reached.
    Stopped,
}

impl<'a> Search<'a> {
    pub(super) fn new(sections: &'a Sections, ceiling: usize) -> Self {
        let items = &sections.items;
        Self {
            items,
            ceiling,
            offsets: vec![0; items.len()],
            failed: HashSet::new(),
            weights: vec![1; sections.count],
            same_alignment: items.windows(2).all(|pair| pair[0].align == pair[1].align),
            shortfall: usize::MAX,
            nodes_left: 0,
            effort_limit: 0,
            facts: Facts::default(),
        }
    }

    /// Section visits spent so far.
    pub(super) fn effort(&self) -> u64 {
        self.facts.effort
    }

    /// Searches with restarts until `effort` is spent, with each order of preference in turn.
    pub(super) fn run(&mut self, orders: &[Vec<u32>], effort: u64) -> Answer {
        self.effort_limit = effort;
        for (round, order) in (1..).zip(orders.iter().cycle()) {
            self.nodes_left = RESTART_NODES * luby(round);
            let floors = vec![0; self.weights.len()];
            let part = Part { first: 0, floors, ceiling: self.ceiling, items: order.clone() };
            match self.solve(part, 0) {
                Outcome::Solved => return Answer::Fits(self.offsets.clone()),
                Outcome::Failed => {
                    let at_least = self.ceiling.saturating_add(self.shortfall);
                    return Answer::Impossible { at_least };
                }
                Outcome::Stopped if self.nodes_left > 0 => break,
                Outcome::Stopped => {}
            }
        }
        Answer::Unknown
    }

    fn solve(&mut self, mut part: Part, depth: u32) -> Outcome {
        let (branch, fingerprint) = match self.inspect(&mut part) {
            Ok(Step::Parts(parts)) => return self.solve_all(parts, depth),
            Ok(Step::Branch(branch, fingerprint)) => (branch, fingerprint),
            Err(conflict) => return self.learn(conflict),
        };
        if self.failed.contains(&fingerprint) {
            return Outcome::Failed;
        }
        if self.nodes_left == 0 || self.facts.effort >= self.effort_limit || depth == MAX_DEPTH {
            return Outcome::Stopped;
        }
        self.nodes_left -= 1;
        for position in branch.candidates {
            let child = self.place(&part, position, branch.section);
            match self.solve(child, depth + 1) {
                Outcome::Failed => {}
                outcome => return outcome,
            }
        }
        let outcome = match branch.unused {
            Err(conflict) => {
                self.shortfall = self.shortfall.min(conflict.shortfall);
                Outcome::Failed
            }
            Ok(next_floor) => {
                part.floors[branch.section] = next_floor;
                self.solve(part, depth + 1)
            }
        };
        if matches!(outcome, Outcome::Failed) && self.failed.len() < MAX_REMEMBERED {
            self.failed.insert(fingerprint);
        }
        outcome
    }

    /// Draws all conclusions and says how to go on.
    fn inspect(&mut self, part: &mut Part) -> Result<Step, Conflict> {
        if self.same_alignment {
            part.lift_spanning(self.items, &mut self.offsets)?;
        }
        part.settle(self.items, &mut self.facts)?;
        if let Some(parts) = part.split(self.items, &self.facts) {
            return Ok(Step::Parts(parts));
        }
        let branch = Branch::choose(part, self.items, &self.facts, &self.weights);
        Ok(Step::Branch(branch, part.fingerprint()))
    }

    /// Solves independent parts; none left is solved.
    fn solve_all(&mut self, parts: Vec<Part>, depth: u32) -> Outcome {
        if depth == MAX_DEPTH {
            return Outcome::Stopped;
        }
        for part in parts {
            match self.solve(part, depth + 1) {
                Outcome::Solved => {}
                outcome => return outcome,
            }
        }
        Outcome::Solved
    }

    /// The part that is left when an item begins at the floor of a section.
    fn place(&mut self, part: &Part, position: usize, section: usize) -> Part {
        let mut child = part.clone();
        let index = child.items.remove(position) as usize;
        let item = &self.items[index];
        let offset = part.floors[section];
        self.offsets[index] = offset;
        let range = child.range(item);
        child.floors[range].fill(offset + item.size);
        child
    }

    fn learn(&mut self, conflict: Conflict) -> Outcome {
        self.shortfall = self.shortfall.min(conflict.shortfall);
        let weight = &mut self.weights[conflict.section];
        *weight = weight.saturating_add(1);
        Outcome::Failed
    }
}

/// How to go on with a part.
enum Step {
    /// Solve these parts, each for itself.
    Parts(Vec<Part>),
    /// Try these ways; the part has this fingerprint.
    Branch(Branch, u128),
}

/// The sequence 1, 1, 2, 1, 1, 2, 4, … of Luby, Sinclair and Zuckerman (1993): run lengths that are
/// within a logarithm of the best for a search whose time varies wildly. `round` counts from 1.
fn luby(round: u64) -> u64 {
    let mut round = round;
    loop {
        let length = (round + 1).next_power_of_two();
        if length == round + 1 {
            return length / 2;
        }
        round -= length / 2 - 1;
    }
}
