//! Rewrites that keep every bit of a graph's results, and the manager that runs them.

mod dead_code;
mod eliminate_noops;
mod fold_constants;
mod fuse_activation;
mod fuse_pad;
mod links;
#[cfg(test)]
mod testing;

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;

/// One rewrite.
pub trait Pass: Sync {
    /// Name in recipes and logs.
    fn name(&self) -> &'static str;

    /// Rewrites what it can; returns whether anything changed. Takes time in proportion to the
    /// nodes, whatever the model.
    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic>;
}

/// Every pass, in the order in which they run.
pub const ALL: &[&dyn Pass] = &[
    &fold_constants::FoldConstants,
    &eliminate_noops::EliminateNoops,
    &fuse_activation::FuseActivation,
    &fuse_pad::FusePad,
    &dead_code::DeadCode,
];

/// One run of a pass that changed the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Name of the pass.
    pub pass: &'static str,
    /// Round of all passes in which it ran, from 1.
    pub round: usize,
    /// Nodes before the change.
    pub nodes_before: usize,
    /// Nodes after it.
    pub nodes_after: usize,
}

/// Runs passes until none changes anything, and verifies the graph after every change. Returns
/// the changes in order.
pub fn run(graph: &mut Graph, passes: &[&dyn Pass]) -> Result<Vec<Change>, Vec<Diagnostic>> {
    // A round that removes no node only shortens chains, which the next has no more of.
    let max_rounds = 2 * graph.nodes().len() + 2;
    let mut log = Vec::new();
    for round in 1..=max_rounds {
        let changes_before = log.len();
        for pass in passes {
            let nodes_before = graph.nodes().len();
            if pass.run(graph).map_err(|problem| vec![problem])? {
                graph.verify().map_err(|problems| blame(pass.name(), problems))?;
                let nodes_after = graph.nodes().len();
                log.push(Change { pass: pass.name(), round, nodes_before, nodes_after });
            }
        }
        if log.len() == changes_before {
            return Ok(log);
        }
    }
    let text = format!("the passes did not come to rest within {max_rounds} rounds");
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
