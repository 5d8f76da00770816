//! Exact search: the smallest arena, or the best one found with a proven gap.
//!
//! Asks of one ceiling after another whether all buffers fit below it: the lower bound first,
//! which is nearly always possible for a network, then the capacity, then halfway between what is
//! proven and what is found. `docs/memory.md` describes how a question is answered.

mod branch;
mod part;
mod search;
mod sections;

use super::greedy::first_fit;
use super::{GreedyBySize, Planner, Problem, Solution};
use search::{Answer, Search};
use sections::Sections;

/// Exact search with a budget of work, so that results do not depend on the machine's speed.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    /// Visits of a buffer at a moment of its life before the search gives up.
    pub effort: u64,
}

/// Buffers up to which a search is tried; beyond, the best of several greedy orders stands.
const MAX_BUFFERS: usize = 2_048;

impl Exact {
    /// A budget of at most a few seconds; a network of 100 operators needs about a millisecond.
    pub const STANDARD: Self = Self { effort: 1_000_000_000 };
}

impl Planner for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn solve(&self, problem: &Problem) -> Solution {
        let sections = Sections::new(problem);
        let orders = sections.preferences();
        let mut best = best_greedy(problem, &sections, &orders);
        if sections.items.len() > MAX_BUFFERS {
            return best;
        }
        let mut left = self.effort;
        let mut share = self.effort / 16;
        while !best.is_optimal() && left > 0 {
            let mut narrowing = Narrowing { problem, sections: &sections, orders: &orders, share };
            narrowing.run(&mut best, &mut left);
            share = share.saturating_mul(2);
        }
        best
    }
}

/// The smallest of several greedy solutions.
fn best_greedy(problem: &Problem, sections: &Sections, orders: &[Vec<u32>]) -> Solution {
    let mut best = GreedyBySize.solve(problem);
    for order in orders {
        let order: Vec<usize> =
            order.iter().map(|&item| sections.items[item as usize].index).collect();
        let candidate = Solution::new(problem, first_fit(problem, &order), best.lower_bound_bytes);
        if candidate.peak_bytes < best.peak_bytes {
            best = candidate;
        }
    }
    best
}

/// One pass over ceilings between what is proven and what is found.
struct Narrowing<'a> {
    problem: &'a Problem,
    sections: &'a Sections,
    /// Items in several orders of preference.
    orders: &'a [Vec<u32>],
    /// Effort for each ceiling.
    share: u64,
}

impl Narrowing<'_> {
    fn run(&mut self, best: &mut Solution, left: &mut u64) {
        let grain = self.sections.grain;
        let capacity = self.problem.capacity().map(|bytes| bytes / grain * grain);
        // Ceilings below this are proven impossible or were given up in this pass.
        let mut open = best.lower_bound_bytes.next_multiple_of(grain);
        let mut ceiling = open;
        while open < best.peak_bytes && *left > 0 {
            let mut search = Search::new(self.sections, ceiling);
            let answer = search.run(self.orders, self.share.min(*left));
            *left = left.saturating_sub(search.effort().max(1));
            match answer {
                Answer::Fits(offsets) => *best = self.solution(&offsets, best.lower_bound_bytes),
                Answer::Impossible { at_least } => {
                    open = at_least.next_multiple_of(grain).min(best.peak_bytes);
                    best.lower_bound_bytes = open;
                }
                Answer::Unknown => open = ceiling + grain,
            }
            ceiling = match capacity {
                Some(capacity) if (open..best.peak_bytes).contains(&capacity) => capacity,
                _ => open + best.peak_bytes.saturating_sub(open) / 2 / grain * grain,
            };
        }
    }

    fn solution(&self, item_offsets: &[usize], lower_bound_bytes: usize) -> Solution {
        let mut offsets = vec![0; self.problem.buffers().len()];
        for (item, &offset) in self.sections.items.iter().zip(item_offsets) {
            offsets[item.index] = offset;
        }
        Solution::new(self.problem, offsets, lower_bound_bytes)
    }
}
