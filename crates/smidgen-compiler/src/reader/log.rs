//! The list of problems with a file, and what may still be read of it.

use crate::diag::{Code, Diagnostic, Origin};

/// Problems listed before the rest is only counted.
pub const MAX_PROBLEMS: usize = 100;

/// The problems found so far, and how much of a budget is left.
#[derive(Debug)]
pub(super) struct Log {
    problems: Vec<Diagnostic>,
    omitted: usize,
    budget: usize,
}

impl Log {
    pub(super) fn new(budget: usize) -> Self {
        Self { problems: Vec::new(), omitted: 0, budget }
    }

    /// Whether a problem was found.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Notes a problem; the text is only made where it will be shown.
    pub(super) fn note(&mut self, problem: impl FnOnce() -> Diagnostic) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem());
        } else {
            self.omitted += 1;
        }
    }

    /// Pays for something; where the budget runs out, for the first time, that is a problem.
    pub(super) fn pay(&mut self, cost: usize, problem: impl FnOnce() -> Diagnostic) -> bool {
        if let Some(left) = self.budget.checked_sub(cost) {
            self.budget = left;
            return true;
        }
        if self.budget > 0 {
            self.note(problem);
        }
        self.budget = 0;
        false
    }

    /// Whether the budget has run out, so that reading can stop.
    pub(super) fn is_exhausted(&self) -> bool {
        self.budget == 0
    }

    /// The problems, and how many more there are.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        if self.omitted > 0 {
            let text = format!("{} more problems are not listed", self.omitted);
            self.problems.push(Diagnostic::new(Code::Malformed, Origin::Model, text));
        }
        self.problems
    }
}
