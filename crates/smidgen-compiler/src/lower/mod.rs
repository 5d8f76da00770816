//! Graph → program: a kernel per step, buffers with lifetimes, in-place claims; no offsets yet.

mod allocation;
mod block;
mod program;
mod scope;

pub use program::{Action, Buffer, BufferId, Operand, Place, Port, Program, State, Step, Truth};

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;
use allocation::Allocation;
use block::{Block, Setting};
use smidgen_target::Features;

/// Chooses kernels for a core with `features` and assigns values to buffers.
pub fn lower(graph: &Graph, features: &Features) -> Result<Program, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let block = Block::new(graph, Setting::model(), features, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    // New states that lie in the arena are copied after the last step.
    let block = block.with_lifetimes(0, graph.states().len() as u32);
    if let Some(&id) = graph.outputs().iter().find(|&&id| block.constant(id).is_some()) {
        let at = Origin::Value { name: graph.value(id).name.clone() };
        let text = "is a model output with a constant value, which must be copied first";
        return Err(vec![Diagnostic::new(Code::Internal, at, text)]);
    }
    Ok(Allocation::program(&block))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::plain;
    use crate::ops::elementwise::{Elementwise, Function};
    use crate::ops::{Op, reshape};
    use crate::tensor::{DType, Quant, Rounding, Shape};

    fn tanh() -> Op {
        Elementwise { function: Function::Tanh, rounding: Rounding::Tflm }.into()
    }

    /// Requires whether the last step of input → tanh → reshape → tanh works in place, where the
    /// values at `outputs` are outputs too.
    fn check(outputs: &[usize], in_place: bool) {
        let mut graph = Graph::new("test");
        let ty = plain(DType::F32, &[2, 3]);
        let x = graph.add_input("x", ty);
        let a = graph.add_op("a", tanh(), &[x], Quant::None).unwrap();
        let flat = reshape::Reshape { shape: Shape::new([6]).unwrap() };
        let b = graph.add_op("b", flat, &[a], Quant::None).unwrap();
        let c = graph.add_op("c", tanh(), &[b], Quant::None).unwrap();
        let values = [x, a, b];
        graph.set_outputs(outputs.iter().map(|&i| values[i]).chain([c]).collect());
        let program = lower(&graph, &Features::default()).unwrap();
        let [.., last] = program.steps.as_slice() else { panic!("no steps") };
        let Operand::Activation(from) = &last.inputs[0] else { panic!("a constant") };
        assert_eq!(from.place == last.outputs[0].place, in_place, "{outputs:?}");
    }

    #[test]
    fn the_last_reader_may_overwrite() {
        check(&[], true);
    }

    #[test]
    fn a_model_output_is_not_overwritten() {
        check(&[1], false);
    }

    #[test]
    fn a_view_of_a_model_output_is_not_overwritten() {
        check(&[2], false);
    }

    #[test]
    fn another_output_does_not_matter() {
        check(&[0], true);
    }

    /// The operator of a case in which input `input` is the state that it updates, if it is another.
    fn updated(operator: &str, input: Option<usize>) -> Program {
        let (_, cases) = Op::cases().into_iter().find(|(name, _)| *name == operator).unwrap();
        let case = &cases[0];
        let mut graph = Graph::of_case(case);
        let node = graph.nodes()[0].clone();
        let (state, after) =
            (node.inputs[node.op.updates()[0]], *node.outputs.last().expect("it has a new state"));
        let ty = graph.value(state).ty.clone();
        let initial = crate::tensor::Data::zeros(ty.dtype, ty.shape.elements());
        let before = graph.add_state("state", ty, initial);
        let mut inputs = graph.inputs().to_vec();
        inputs.retain(|&id| id != state);
        graph.replace_uses(state, before);
        graph.set_state(before, after);
        if let Some(input) = input {
            graph.node_mut(0).inputs[input] = before;
        }
        graph.set_inputs(inputs);
        let outputs = graph.outputs().iter().copied().filter(|&id| id != after).collect();
        graph.set_outputs(outputs);
        graph.verify().unwrap();
        lower(&graph, &Features::default()).unwrap()
    }

    /// Requires whether the new state is computed in the memory of the old one.
    fn check_update(operator: &str, input: Option<usize>, in_place: bool) {
        let program = updated(operator, input);
        let new = program.steps[0].outputs.last().expect("there is a new state");
        assert_eq!(new.place == Place::State(0), in_place);
    }

    #[test]
    fn a_state_is_overwritten() {
        check_update("STORE", None, true);
    }

    #[test]
    fn a_state_that_is_another_operand_too_is_not_overwritten() {
        check_update("STORE", Some(0), false);
    }
}
