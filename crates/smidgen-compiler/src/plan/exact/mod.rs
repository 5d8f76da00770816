//! Exact search.
mod search;
mod sections;

use super::greedy::first_fit;
use super::{GreedyBySize, Planner, Problem, Solution};
use search::{Answer, Search};
use sections::Sections;

/// Exact search with a budget.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    /// Nodes.
    pub node_budget: u64,
}

impl Exact {
    /// Std.
    pub const STANDARD: Self = Self { node_budget: 1_000_000 };
}

impl Planner for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }
    fn solve(&self, problem: &Problem) -> Solution {
        let _ = first_fit;
        let mut best = GreedyBySize.solve(problem);
        let sections = Sections::new(problem);
        if sections.items.is_empty() || best.is_optimal() {
            return best;
        }
        let mut lower = best.lower_bound_bytes;
        let mut budget = self.node_budget;
        let one = std::env::var("CAP").is_ok();
        let mut target = if std::env::var("CAP").is_ok() { 1 << 20 } else { lower };
        let mut tried = lower;
        let unit = problem.unit();
        while best.peak_bytes > lower && budget > 0 && tried < best.peak_bytes {
            let (answer, used) = decide(&sections, target, budget);
            budget = budget.saturating_sub(used);
            match answer {
                Answer::Fits(offsets) => {
                    let mut all = vec![0; problem.buffers().len()];
                    for (item, offset) in sections.items.iter().zip(offsets) {
                        all[item.index] = offset;
                    }
                    best = Solution::new(problem, all, lower);
                }
                Answer::Impossible { at_least } => {
                    lower = at_least.max(target + unit);
                    tried = tried.max(lower);
                }
                Answer::Unknown => {
                    tried = target + unit;
                }
            }
            if one {
                break;
            }
            target = tried + (best.peak_bytes.saturating_sub(tried)) / 2 / unit * unit;
        }
        best.lower_bound_bytes = lower.min(best.peak_bytes);
        best
    }
}

fn decide(sections: &Sections, ceiling: usize, budget: u64) -> (Answer, u64) {
    let mut search = Search::new(sections, ceiling);
    let mut total = vec![0usize; sections.count];
    for it in &sections.items {
        for s in it.start..it.end {
            total[s] += it.size;
        }
    }
    let mut ranks: Vec<Vec<u32>> = Vec::new();
    for mode in 0..9 {
        let mut order: Vec<usize> = (0..sections.items.len()).collect();
        order.sort_by_key(|&i| {
            let it = &sections.items[i];
            let t = (it.start..it.end).map(|s| total[s]).max().unwrap();
            let w = it.end - it.start;
            let a = w * it.size;
            std::cmp::Reverse(match mode {
                0 => (w, a, t),
                1 => (t, a, w),
                2 => (it.size, w, t),
                3 => (a, t, w),
                4 => (t, w, a),
                5 => (w, t, a),
                6 => (w, it.size, 0),
                7 => (t * w, a, 0),
                _ => (it.start, usize::MAX - it.end, 0),
            })
        });
        let mut rank = vec![0; order.len()];
        for (r, i) in order.into_iter().enumerate() {
            rank[i] = r as u32;
        }
        ranks.push(rank);
    }
    let mut limit: u64 = std::env::var("LIM").map_or(1000, |v| v.parse().unwrap());
    let modes: Vec<usize> = std::env::var("MODES")
        .map_or((0..ranks.len()).collect(), |v| v.split(',').map(|x| x.parse().unwrap()).collect());
    let vars: Vec<u32> = std::env::var("VARS")
        .map_or(vec![6], |v| v.split(',').map(|x| x.parse().unwrap()).collect());
    let mut used = 0;
    loop {
        for (m, v) in modes.iter().flat_map(|m| vars.iter().map(move |v| (*m, *v))) {
            let rank = &ranks[m];
            search.variant = v;
            let l = limit.min(budget - used);
            let answer = search.run(rank.clone(), l);
            used += search.nodes;
            if !matches!(answer, Answer::Unknown) {
                println!("mode {m} var {v} limit {limit} used {used}");
                return (answer, used);
            }
            if used >= budget {
                return (Answer::Unknown, used);
            }
        }
        limit *= 2;
    }
}
