//! Removes nodes whose results nobody reads.

use super::Pass;
use crate::diag::Diagnostic;
use crate::graph::Graph;

pub(super) struct DeadCode;

impl Pass for DeadCode {
    fn name(&self) -> &'static str {
        "dead-code"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let mut live: Vec<bool> = vec![false; graph.values().len()];
        for id in graph.outputs() {
            live[id.index()] = true;
        }
        let mut keep = vec![false; graph.nodes().len()];
        for (index, node) in graph.nodes().iter().enumerate().rev() {
            keep[index] = node.outputs.iter().any(|id| live[id.index()]);
            if keep[index] {
                node.inputs.iter().for_each(|id| live[id.index()] = true);
            }
        }
        let changed = keep.contains(&false);
        graph.retain_nodes(|index, _| keep[index]);
        Ok(changed)
    }
}
