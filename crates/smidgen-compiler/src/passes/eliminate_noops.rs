//! Removes nodes that change nothing: reshapes, transposes, pads, splits, concatenations and
//! requantisations whose output is their input, and all but the last of a chain of reshapes.
//!
//! Knows no operator: what becomes a view of its input when lowered changes no byte.

use super::Pass;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::Lowering;
use smidgen_target::Features;

pub(super) struct EliminateNoops;

impl Pass for EliminateNoops {
    fn name(&self) -> &'static str {
        "eliminate-noops"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let mut sweep = Sweep::new(graph);
        for index in 0..graph.nodes().len() {
            sweep.visit(graph, index);
        }
        sweep.finish(graph);
        Ok(sweep.changed)
    }
}

/// One walk over the nodes in order.
struct Sweep {
    /// For each value, the value to read in its place; itself for most.
    instead: Vec<ValueId>,
    /// For each value, the first value with the same bytes; itself for most.
    viewed: Vec<ValueId>,
    /// Whether a node computes the value.
    computed: Vec<bool>,
    removed: Vec<bool>,
    changed: bool,
}

impl Sweep {
    fn new(graph: &Graph) -> Self {
        let ids: Vec<ValueId> = graph.ids().collect();
        Self {
            computed: vec![false; ids.len()],
            viewed: ids.clone(),
            instead: ids,
            removed: vec![false; graph.nodes().len()],
            changed: false,
        }
    }

    fn visit(&mut self, graph: &mut Graph, index: usize) {
        for input in &mut graph.node_mut(index).inputs {
            *input = self.instead[input.index()];
        }
        let node = &graph.nodes()[index];
        for output in &node.outputs {
            self.computed[output.index()] = true;
        }
        let Some((from, to)) = view(graph, node) else { return };
        let source = self.viewed[from.index()];
        self.viewed[to.index()] = source;
        let same = |value: &ValueId| graph.value(*value).ty == graph.value(to).ty;
        if [from, source].into_iter().filter(same).any(|value| self.bypass(graph, value, to)) {
            self.removed[index] = true;
            self.changed = true;
        } else if source != from {
            self.shorten(graph, index, source);
        }
    }

    /// Makes everything that reads `to` read `from`, or computes `to` where `from` was computed.
    fn bypass(&mut self, graph: &Graph, from: ValueId, to: ValueId) -> bool {
        if !graph.is_result(to) {
            self.instead[to.index()] = from;
            return true;
        }
        // A model output keeps its name, and is never a model input, a constant or another output.
        let free = self.computed[from.index()] && !graph.is_result(from);
        // One value can only become one output.
        if free && self.instead[from.index()] == from {
            self.instead[from.index()] = to;
            return true;
        }
        false
    }

    /// Lets the view at `index` of a view of `source` read `source`, if the operator can.
    fn shorten(&mut self, graph: &mut Graph, index: usize, source: ValueId) {
        let mut node = graph.nodes()[index].clone();
        node.inputs[0] = source;
        let (ty, declared) = (&graph.value(source).ty, &graph.value(node.outputs[0]).ty);
        let inferred = node.op.infer(&[ty]);
        let same = inferred.is_ok_and(|types| {
            matches!(&types[..], [(dtype, shape)]
                if *dtype == declared.dtype && *shape == declared.shape)
        });
        if same && node.op.check(&graph.site(&node)).is_ok() && view(graph, &node).is_some() {
            *graph.node_mut(index) = node;
            self.changed = true;
        }
    }

    /// Applies replacements of values that were read before they were replaced.
    fn finish(&mut self, graph: &mut Graph) {
        graph.retain_nodes(|index, _| !self.removed[index]);
        for index in 0..graph.nodes().len() {
            let node = graph.node_mut(index);
            for value in node.inputs.iter_mut().chain(&mut node.outputs) {
                *value = self.instead[value.index()];
            }
        }
    }
}

/// Input and output of a node whose output is its input, byte for byte.
fn view(graph: &Graph, node: &Node) -> Option<(ValueId, ValueId)> {
    let (&[from], &[to]) = (&node.inputs[..], &node.outputs[..]) else { return None };
    if graph.value(from).ty.bytes() != graph.value(to).ty.bytes() {
        return None;
    }
    let lowering = node.op.lower(&graph.site(node), &Features::default()).ok()?;
    (lowering == Lowering::View).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check};
    use super::EliminateNoops;

    /// Copies around `chain`, so that neither its input nor its output is one of the model.
    fn check_inside(
        chain: impl Fn(&mut Builder, crate::graph::ValueId) -> crate::graph::ValueId,
        left: &[&str],
    ) {
        let mut b = Builder::new();
        let x = b.input(&[2, 3, 1]);
        let x = b.copy(x);
        let y = chain(&mut b, x);
        let y = b.copy(y);
        b.output(y);
        let left: Vec<&str> = ["COPY"].iter().chain(left).chain(&["COPY"]).copied().collect();
        check(b, &EliminateNoops, &left);
    }

    #[test]
    fn a_reshape_to_the_same_shape_goes() {
        check_inside(|b, x| b.reshape(x, &[2, 3, 1]), &[]);
    }

    #[test]
    fn a_transpose_that_moves_nothing_goes() {
        check_inside(|b, x| b.transpose(x, &[0, 1, 2]), &[]);
    }

    #[test]
    fn a_pad_by_nothing_goes() {
        check_inside(|b, x| b.pad(x, &[[0, 0]; 3], 1), &[]);
    }

    #[test]
    fn a_concatenation_of_one_goes() {
        check_inside(|b, x| b.concatenation(&[x], 1), &[]);
    }

    #[test]
    fn a_split_into_one_goes() {
        check_inside(|b, x| b.split_of_one(x, 1), &[]);
    }

    #[test]
    fn a_chain_of_them_goes_at_once() {
        check_inside(
            |b, x| {
                let x = b.reshape(x, &[2, 3, 1]);
                let x = b.concatenation(&[x], 0);
                b.pad(x, &[[0, 0]; 3], 1)
            },
            &[],
        );
    }

    #[test]
    fn a_true_transpose_stays() {
        check_inside(|b, x| b.transpose(x, &[1, 0, 2]), &["TRANSPOSE"]);
    }

    #[test]
    fn a_copy_stays() {
        check_inside(Builder::copy, &["COPY"]);
    }

    #[test]
    fn reshapes_there_and_back_are_cut_short() {
        // The first reshape is dead afterwards, which is another pass's business.
        check_inside(
            |b, x| {
                let x = b.reshape(x, &[6]);
                b.reshape(x, &[2, 3, 1])
            },
            &["RESHAPE"],
        );
    }

    #[test]
    fn of_a_chain_of_reshapes_the_last_reads_the_source() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.reshape(x, &[6]);
        let y = b.reshape(y, &[3, 2]);
        let y = b.reshape(y, &[1, 6]);
        b.output(y);
        let mut graph = b.finish();
        super::super::run(&mut graph, super::super::ALL).unwrap();
        assert_eq!(graph.nodes().len(), 1);
        assert_eq!(graph.nodes()[0].inputs, [x]);
    }

    #[test]
    fn a_transpose_between_reshapes_keeps_its_input() {
        check_inside(
            |b, x| {
                let x = b.reshape(x, &[1, 6]);
                b.transpose(x, &[1, 0])
            },
            &["RESHAPE", "TRANSPOSE"],
        );
    }

    #[test]
    fn a_model_output_keeps_its_name() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.transpose(x, &[1, 0]);
        let z = b.reshape(y, &[3, 2]);
        let w = b.concatenation(&[y, z], 0);
        b.output(z);
        b.output(w);
        check(b, &EliminateNoops, &["TRANSPOSE", "CONCATENATION"]);
    }

    #[test]
    fn two_outputs_of_one_value_stay_apart() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.transpose(x, &[1, 0]);
        let first = b.reshape(y, &[3, 2]);
        let second = b.reshape(y, &[3, 2]);
        b.output(first);
        b.output(second);
        check(b, &EliminateNoops, &["TRANSPOSE", "RESHAPE"]);
    }

    #[test]
    fn an_output_that_equals_a_model_input_stays() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let y = b.reshape(x, &[2, 3]);
        b.output(y);
        check(b, &EliminateNoops, &["RESHAPE"]);
    }

    #[test]
    fn an_output_that_equals_a_constant_stays() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let constant = b.constant(&[2, 3]);
        let y = b.reshape(constant, &[2, 3]);
        b.output(x);
        b.output(y);
        check(b, &EliminateNoops, &["RESHAPE"]);
    }
}
