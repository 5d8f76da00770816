//! Computes nodes whose operands are all constant, with the reference operators.

use super::Pass;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node};
use crate::tensor::Data;

pub(super) struct FoldConstants;

impl Pass for FoldConstants {
    fn name(&self) -> &'static str {
        "fold-constants"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let mut folded = vec![false; graph.nodes().len()];
        for (index, folded) in folded.iter_mut().enumerate() {
            let node = graph.nodes()[index].clone();
            let Some(results) = evaluate(graph, &node) else { continue };
            *folded = true;
            for (&output, data) in node.outputs.iter().zip(results) {
                graph.make_constant(output, data);
            }
        }
        graph.retain_nodes(|index, _| !folded[index]);
        Ok(folded.contains(&true))
    }
}

/// The results of a node that depends on constants alone. A node that computes a model output
/// stays, since somebody has to write the output.
fn evaluate(graph: &Graph, node: &Node) -> Option<Vec<Data>> {
    if !node.regions.is_empty()
        || node.op.is_opaque()
        || node.outputs.iter().any(|&output| graph.is_result(output))
    {
        return None;
    }
    let inputs: Option<Vec<&Data>> =
        node.inputs.iter().map(|&input| graph.value(input).constant.as_deref()).collect();
    Some(node.op.eval(&graph.site(node), &inputs?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check};
    use super::FoldConstants;

    #[test]
    fn a_chain_of_constants_is_folded() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let constant = b.constant(&[3, 2]);
        let turned = b.transpose(constant, &[1, 0]);
        let padded = b.pad(turned, &[[0, 2], [0, 0]], 3);
        let joined = b.concatenation(&[x, padded], 0);
        b.output(joined);
        check(b, &FoldConstants, &["CONCATENATION"]);
    }

    #[test]
    fn a_constant_output_keeps_its_node() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let constant = b.constant(&[3, 2]);
        let turned = b.transpose(constant, &[1, 0]);
        b.output(x);
        b.output(turned);
        check(b, &FoldConstants, &["TRANSPOSE"]);
    }

    #[test]
    fn one_variable_operand_is_enough_to_stay() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let constant = b.constant(&[2, 3]);
        let joined = b.concatenation(&[constant, x], 1);
        b.output(joined);
        check(b, &FoldConstants, &["CONCATENATION"]);
    }
}
