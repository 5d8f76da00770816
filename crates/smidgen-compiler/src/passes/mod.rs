//! Rewrites that keep every bit of a graph's results, and the manager that runs them.

mod dead_code;

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;

/// One rewrite.
pub trait Pass: Sync {
    /// Name in recipes and logs.
    fn name(&self) -> &'static str;

    /// Rewrites what it can; returns whether anything changed.
    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic>;
}

/// Every pass, in the order in which they run.
pub const ALL: &[&dyn Pass] = &[&dead_code::DeadCode];

/// Rounds after which the passes must have come to rest: each round removes or merges a node, and
/// no rewrite undoes another.
const MAX_ROUNDS: usize = 100;

/// Runs passes until none changes anything, and verifies the graph after every change.
pub fn run(graph: &mut Graph, passes: &[&dyn Pass]) -> Result<(), Vec<Diagnostic>> {
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        for pass in passes {
            if pass.run(graph).map_err(|problem| vec![problem])? {
                changed = true;
                graph.verify().map_err(|problems| blame(pass.name(), problems))?;
            }
        }
        if !changed {
            return Ok(());
        }
    }
    let text = format!("the passes did not come to rest within {MAX_ROUNDS} rounds");
    Err(vec![Diagnostic::new(Code::Internal, Origin::Model, text)])
}

/// A graph that was legal before a pass and is not after it is the pass's fault.
fn blame(pass: &str, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let internal = |problem: Diagnostic| Diagnostic {
        code: Code::Internal,
        text: format!("after pass `{pass}`: {}", problem.text),
        ..problem
    };
    problems.into_iter().map(internal).collect()
}
