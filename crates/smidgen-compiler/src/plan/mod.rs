//! Places buffers with known sizes and lifetimes in one arena, as small as possible.
//!
//! A pure function over plain data: nothing here knows of graphs, operators or targets.
//! `docs/memory.md` describes the problem, the search and what it reaches.

mod exact;
mod explain;
mod greedy;
mod problem;
mod validate;

pub use exact::Exact;
pub use explain::{CriticalBuffer, Explanation, explain};
pub use greedy::GreedyBySize;
pub use problem::{Buffer, Problem, ProblemError, Proof, Solution};
pub use validate::{Violation, validate};

/// A way to solve a [`Problem`]. Equal problems give equal solutions, on every machine.
pub trait Planner: Sync {
    /// Name in recipes and reports.
    fn name(&self) -> &'static str;

    /// Places every buffer. A capacity that cannot be met is no failure: the solution then has a
    /// larger peak, and [`explain`] says which buffers are to blame.
    fn solve(&self, problem: &Problem) -> Solution;
}

/// Every planner, best first.
pub const ALL: &[&dyn Planner] = &[&Exact::STANDARD, &GreedyBySize];
