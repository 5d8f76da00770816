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
        for id in graph.results() {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check};
    use super::DeadCode;

    #[test]
    fn a_chain_that_nobody_reads_goes() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.transpose(x, &[1, 0]);
        let unread = b.reshape(x, &[6]);
        let _unread = b.copy(unread);
        b.output(y);
        check(b, &DeadCode, &["TRANSPOSE"]);
    }

    #[test]
    fn what_an_output_depends_on_stays() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.transpose(x, &[1, 0]);
        let y = b.copy(y);
        b.output(y);
        check(b, &DeadCode, &["TRANSPOSE", "COPY"]);
    }
}
